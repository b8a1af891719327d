/**
 * Metrics and traces of a tracker on `@opentelemetry/api`. Names follow the semantic conventions for messaging where these have
 * one; the rest begins with `chime_delivery.`. Everything is read from the tracker's public interface.
 */
import { metrics, trace, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import { recordMetrics } from './metrics.ts';
import { recordSpans } from './spans.ts';

export interface InstrumentOptions {
  /** Default: the global one. */
  meterProvider?: MeterProvider | undefined;
  /** Default: the global one. */
  tracerProvider?: TracerProvider | undefined;
}

/** The instrumentation scope: the name of the package. */
export const SCOPE = 'chime-delivery';

/**
 * Reports what `tracker` does as metrics and spans, from now on. Returns the function that ends it; the tracker's `close` ends
 * it, too, with the spans of all that is pending.
 */
export function instrument(tracker: DeliveryTracker, options: InstrumentOptions = {}): () => void {
  const { meterProvider = metrics.getMeterProvider(), tracerProvider = trace.getTracerProvider() } = options;
  const endMetrics = recordMetrics(tracker, meterProvider.getMeter(SCOPE));
  const endSpans = recordSpans(tracker, tracerProvider.getTracer(SCOPE));
  return () => {
    endMetrics();
    endSpans();
  };
}
