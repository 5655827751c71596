import { type Anchor, anchorLine } from '@keywarden/audit';
import type { AnchorSink } from '@keywarden/audit-service';

const timeoutMs = 5_000;

/** Posts anchors as JSON to a URL that the operator has set. Nothing of the answer counts but its status. */
export class WebhookAnchor implements AnchorSink {
  constructor(private readonly url: string) {}

  /** @throws Error unless the answer is a 2xx within five seconds */
  async send(anchor: Anchor): Promise<void> {
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: anchorLine(anchor),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the receiver of anchors answered ${answer.status}`);
  }
}
