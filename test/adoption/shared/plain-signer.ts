// For the emulator, which has no TLS: the session always takes wss:. The signature does not cover the scheme.
import { DefaultSigV4 } from 'amazon-chime-sdk-js';

export class PlainSigner extends DefaultSigV4 {
  override async signURL(...request: Parameters<DefaultSigV4['signURL']>): Promise<string> {
    return (await super.signURL(...request)).replace(/^wss:/, 'ws:');
  }
}
