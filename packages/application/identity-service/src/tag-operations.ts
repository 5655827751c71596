import { type PrincipalTag, withTags, withoutTags } from '@keywarden/identity';
import { accept, refuse } from '@keywarden/kernel';
import { requestTagFacts, tagKeyFacts } from './condition-facts';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import { kindWords } from './inline-policy-operations';
import { type PageEnd, type PageQuery, pageOf } from './list-marker';
import type { PrincipalDoor } from './principal-door';

/** Tag, Untag and ListTags, for users and roles alike. */
export class PrincipalTags<K extends 'user' | 'role'> {
  constructor(
    private readonly door: PrincipalDoor,
    private readonly kind: K,
  ) {}

  async tag(
    call: IdentityCall,
    { holder: name, tags }: { holder: string; tags: readonly PrincipalTag[] },
  ): IdentityAnswer<void> {
    const action = `iam:Tag${kindWords[this.kind]}`;
    const undertaking = { kind: this.kind, name, action, facts: requestTagFacts(tags) };
    const changed = await this.door.change<K>(call, undertaking, (principal) => {
      const merged = withTags(principal.tags, tags);
      return merged.ok ? accept({ ...principal, tags: merged.value }) : merged;
    });
    return changed.ok ? accept(undefined) : changed;
  }

  async untag(
    call: IdentityCall,
    { holder: name, tagKeys }: { holder: string; tagKeys: readonly string[] },
  ): IdentityAnswer<void> {
    if (tagKeys.length > 50) return refuse(validationError('TagKeys'));
    const action = `iam:Untag${kindWords[this.kind]}`;
    const undertaking = { kind: this.kind, name, action, facts: tagKeyFacts(tagKeys) };
    const changed = await this.door.change<K>(call, undertaking, (principal) =>
      accept({ ...principal, tags: withoutTags(principal.tags, tagKeys) }),
    );
    return changed.ok ? accept(undefined) : changed;
  }

  async list(
    call: IdentityCall,
    { holder: name, ...query }: { holder: string } & PageQuery,
  ): IdentityAnswer<{ tags: readonly PrincipalTag[] } & PageEnd> {
    const action = `iam:List${kindWords[this.kind]}Tags`;
    const opened = await this.door.open(call, { kind: this.kind, name, action });
    if (!opened.ok) return opened;
    const page = pageOf(opened.value.tags, query, ({ key }) => encodeURIComponent(key));
    if (!page.ok) return page;
    const { items, ...end } = page.value;
    return accept({ tags: items, ...end });
  }
}
