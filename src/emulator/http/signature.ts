// Checks Signature version 4 as far as an emulator can: that there is one, and that its scope is this service and region. The
// signature itself is not verified; any secret works.

import { ServiceError } from '../service/service-error.ts';

const shape = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=[^,\s]+,\s*Signature=[0-9a-f]{64}$/;

/** Throws the service's own 403 for a request that is not signed for `chime` in this region. */
export function checkAuthorization(header: string | undefined, region: string): void {
  if (header === undefined || header === '') {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const credential = shape.exec(header)?.[1];
  if (credential === undefined) {
    throw new ServiceError(
      'IncompleteSignatureException',
      'Expected Authorization to be AWS4-HMAC-SHA256 with Credential, SignedHeaders and Signature.',
    );
  }
  const wrong = scopeProblem(credential, region);
  if (wrong !== undefined) throw new ServiceError('InvalidSignatureException', wrong);
}

/** What is wrong with a credential scope (`key/date/region/service/aws4_request`), or undefined. */
export function scopeProblem(credential: string, region: string): string | undefined {
  const parts = credential.split('/');
  const [date, itsRegion, service, end] = parts.slice(-4);
  if (parts.length < 5 || end !== 'aws4_request' || !/^\d{8}$/.test(date ?? '')) {
    return `Expected the credential scope to be key/date/region/chime/aws4_request; got ${credential}.`;
  }
  if (service !== 'chime') return `Credential should be scoped to correct service: 'chime', not '${service}'.`;
  if (itsRegion !== region) return `Credential should be scoped to a valid region: '${region}', not '${itsRegion}'.`;
  return undefined;
}
