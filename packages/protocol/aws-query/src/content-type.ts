const formType = 'application/x-www-form-urlencoded';

/** Whether a request's Content-Type names a form; parameters such as a charset are ignored. */
export function isForm(header: string | undefined): boolean {
  return header?.split(';', 1)[0]?.trim().toLowerCase() === formType;
}
