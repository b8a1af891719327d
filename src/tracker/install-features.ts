/** Installs features in a tracker: one for each seam, their hooks called in order. */
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectFunction, expectObject } from '../shared/validate.ts';
import type { FeatureParts, Seams, TrackerContext, TrackerFeature } from './feature.ts';

export type InstalledFeatures = Required<Omit<FeatureParts, keyof Seams | 'close'>> & {
  readonly seams: Seams;
  close(): Promise<void>;
};

/** @throws InvalidArgumentError where a feature is none, or two have the same seam */
export function expectFeatures(features: readonly TrackerFeature[]): void {
  if (!Array.isArray(features)) throw new InvalidArgumentError('features', 'an array of features', features);
  const taken = new Set<keyof Seams>();
  for (const [i, feature] of features.entries()) {
    const { install, seams } = expectObject(`features[${i}]`, 'a feature', feature) as Partial<TrackerFeature>;
    expectFunction(`features[${i}].install`, install);
    for (const seam of seams ?? []) {
      if (taken.has(seam)) throw new InvalidArgumentError('features', `at most one feature for \`${seam}\``, seam);
      taken.add(seam);
    }
  }
}

/** @param seams what the features fill is set here, for those that come after them */
export function installFeatures(
  features: readonly TrackerFeature[],
  context: TrackerContext,
  seams: Seams,
): InstalledFeatures {
  const parts: FeatureParts[] = [];
  for (const feature of features) {
    const part = feature.install(context);
    parts.push(part);
    Object.assign(seams, part);
  }
  return {
    seams,
    restored: Promise.all(parts.flatMap(({ restored }) => restored ?? [])).then((counts) =>
      counts.reduce((sum, count) => sum + count, 0),
    ),
    start: () => {
      for (const part of parts) part.start?.();
    },
    onTransition: (transition) => {
      for (const part of parts) part.onTransition?.(transition);
    },
    onAnnounced: (transition) => {
      for (const part of parts) part.onAnnounced?.(transition);
    },
    onForgotten: (delivery) => {
      for (const part of parts) part.onForgotten?.(delivery);
    },
    onPushReport: (report) => {
      for (const part of parts) part.onPushReport?.(report);
    },
    onRemoval: (removal) => {
      for (const part of parts) part.onRemoval?.(removal);
    },
    onThrottled: (chimeBearer, retryAfterMs) => {
      for (const part of parts) part.onThrottled?.(chimeBearer, retryAfterMs);
    },
    onCredentials: (work) => {
      for (const part of parts) part.onCredentials?.(work);
    },
    // Each is called at once, in order.
    close: () => Promise.all(parts.map(async (part) => part.close?.())).then(() => undefined),
  };
}
