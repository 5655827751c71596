import { type Instant, type SecretBytes } from '@keywarden/kernel';

/** Breaks no rule anywhere, which shows that the rules above do not fire at everything. */
export interface Control {
  readonly at: Instant;
  readonly secret: SecretBytes;
}
