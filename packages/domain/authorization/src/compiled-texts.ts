import { type CompiledPolicy, type PolicyKind, compilePolicy, parsePolicy } from '@keywarden/policy';

/** More than any policy that is ever stored; a longer text is not read. */
const maxBytes = 262_144;
/** Texts remembered; many keys share one, the default key policy, and many callers the policies of their groups. */
const capacity = 1_000;

/** Policies prepared for evaluation, each text once. */
export class CompiledTexts {
  readonly #byText = new Map<string, CompiledPolicy | 'unreadable'>();

  constructor(private readonly kind: PolicyKind) {}

  /** @returns undefined when the stored text is no policy: then nobody knows what it denies */
  of(text: string): CompiledPolicy | undefined {
    const policy = this.#byText.get(text) ?? this.#read(text);
    return policy === 'unreadable' ? undefined : policy;
  }

  #read(text: string): CompiledPolicy | 'unreadable' {
    const { kind } = this;
    const parsed = parsePolicy(text, { kind, maxBytes, lenientStatements: true, lenientOperators: true });
    const policy = parsed.ok ? compilePolicy(parsed.value) : 'unreadable';
    this.#byText.set(text, policy);
    if (this.#byText.size > capacity) {
      const oldest = this.#byText.keys().next().value;
      if (oldest !== undefined) this.#byText.delete(oldest);
    }
    return policy;
  }
}
