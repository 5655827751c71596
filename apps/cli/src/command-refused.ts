/** A command that did not do what it was asked; the message is one line for a person. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}
