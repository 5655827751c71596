import { type Tracing, noTracing } from '@keywarden/telemetry';
import type { Container } from 'inversify';
import type { Cryptography } from './cryptography-module';
import { tokens } from './tokens';

/**
 * Puts spans around the steps of a request: signature, key look-up, decision, cryptography, record. What the container hands out
 * is wrapped, so that no package knows of it; without traces nothing is wrapped.
 */
export function traceParts(container: Container, tracing: Tracing): void {
  if (tracing === noTracing) return;
  const traced =
    (area: string) =>
    <T extends object>(_context: unknown, part: T): T =>
      tracing.traced(area, part);
  container.onActivation(tokens.verifier, traced('signature'));
  container.onActivation(tokens.directory, traced('directory'));
  container.onActivation(tokens.authoriser, traced('authorisation'));
  container.onActivation(tokens.audit, traced('audit'));
  container.onActivation(tokens.cryptography, (_context, cryptography) => {
    const ports = Object.entries(cryptography).map(([name, port]) => [name, tracing.traced(`crypto.${name}`, port)]);
    return Object.fromEntries(ports) as Cryptography;
  });
}
