import { mustNotBeNull } from './constraints';
import type { Decoder, Decoding } from './decoding';
import { memberName } from './infer';
import { type JsonReader, Token, repeatedMember } from './json-reader';
import type { Shape, StructureShape } from './shape';
import { mismatch } from './token-mismatch';
import type { Violation } from './wire-refusal';

interface MemberDecoder {
  readonly wireName: string;
  readonly wireBytes: Uint8Array;
  readonly name: string;
  readonly rank: number;
  readonly required: boolean;
  /** How a message shows that the member is absent: of a secret one not even that. */
  readonly absent: null | undefined;
  readonly decode: Decoder;
}

/** Violations of one member, reported in the order in which the shape lists its members. */
interface MemberViolations {
  readonly rank: number;
  readonly violations: readonly Violation[];
}

export function structureDecoder(shape: StructureShape, decoderOf: (shape: Shape) => Decoder): Decoder {
  const members = memberDecoders(shape, decoderOf);
  const requiredMembers = members.filter((member) => member.required);
  const find = memberFinder(members);
  return (reader, decoding, path) => {
    if (reader.peek() !== Token.openBrace) throw mismatch(reader, 'Structure');
    const value: Record<string, unknown> = {};
    const seen: (true | undefined)[] = [];
    const faults: MemberViolations[] = [];
    const before = decoding.violationCount;
    let unknown: Set<string> | undefined;
    reader.open();
    for (let first = true; reader.next(Token.closeBrace, first); first = false) {
      reader.name();
      const member = find(reader);
      if (member === undefined) {
        unknown ??= new Set();
        skipUnknown(reader, unknown);
        continue;
      }
      if (seen[member.rank] === true) throw repeatedMember();
      seen[member.rank] = true;
      if (reader.peek() === Token.n) {
        reader.keyword('null');
        continue;
      }
      value[member.name] = member.decode(reader, decoding, below(path, member.name));
      if (decoding.violationCount > before) {
        faults.push({ rank: member.rank, violations: decoding.takeAfter(before) });
      }
    }
    for (const { name, rank, absent } of requiredMembers) {
      if (value[name] !== undefined) continue;
      decoding.violate(below(path, name), absent, mustNotBeNull);
      faults.push({ rank, violations: decoding.takeAfter(before) });
    }
    if (faults.length > 0) reportInOrder(faults, decoding);
    return value;
  };
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function reportInOrder(faults: MemberViolations[], decoding: Decoding): void {
  faults.sort((left, right) => left.rank - right.rank);
  for (const { violations } of faults) decoding.putBack(violations);
}

function skipUnknown(reader: JsonReader, unknown: Set<string>): void {
  const name = reader.textValue();
  if (unknown.has(name)) throw repeatedMember();
  unknown.add(name);
  reader.skip();
}

function memberDecoders(shape: StructureShape, decoderOf: (shape: Shape) => Decoder): readonly MemberDecoder[] {
  return Object.entries(shape.members).map(([wireName, member], rank) => {
    const memberShape = member.kind === 'required' ? member.shape : member;
    return {
      wireName,
      wireBytes: new TextEncoder().encode(wireName),
      name: memberName(wireName),
      rank,
      required: member.kind === 'required',
      absent: isSecret(memberShape) ? undefined : null,
      decode: decoderOf(memberShape),
    };
  });
}

function isSecret(shape: Shape): boolean {
  if (shape.kind === 'string') return shape.sensitive === true;
  return shape.kind === 'secretBlob' || shape.kind === 'secretString';
}

/** Finds the member whose name stands in the reader's text range, as a rule without making a string of it. */
function memberFinder(members: readonly MemberDecoder[]): (reader: JsonReader) => MemberDecoder | undefined {
  const byName = new Map(members.map((member) => [member.wireName, member]));
  const byLength: MemberDecoder[][] = [];
  for (const member of members) (byLength[member.wireBytes.length] ??= []).push(member);
  return (reader) => {
    if (reader.textEscaped) return byName.get(reader.textValue());
    const candidates = byLength[reader.textEnd - reader.textStart] ?? [];
    return candidates.find(({ wireBytes }) => sameText(reader, wireBytes));
  };
}

function sameText({ bytes, textStart }: JsonReader, wireBytes: Uint8Array): boolean {
  for (let index = 0; index < wireBytes.length; index += 1) {
    if (bytes[textStart + index] !== wireBytes[index]) return false;
  }
  return true;
}
