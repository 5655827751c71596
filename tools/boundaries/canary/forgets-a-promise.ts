const save = async (): Promise<void> => undefined;

export function done(): void {
  save();
}
