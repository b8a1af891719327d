/** The entry point of `chime-delivery/opentelemetry`. `@opentelemetry/api` is an optional peer dependency. */
export { instrument, type InstrumentOptions } from './instrument.ts';
