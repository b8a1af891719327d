/** The entry point of `chime-delivery/opentelemetry`. `@opentelemetry/api` is an optional peer dependency. */
export { instrument, type InstrumentOptions } from './instrument.ts';
export { instrumentFleet, type InstrumentFleetOptions } from './instrument-fleet.ts';
