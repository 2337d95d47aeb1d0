// Files that a person chose or dropped, on their way to the backend.

/** More than a study's document can be, and than a picture has to be. */
const MOST_OCTETS = 64 * 1024 * 1024;

/** As many files as are read at once. */
const MOST_FILES = 24;

/** Refuses files that the backend would refuse, before anything of them is read. */
export function checkSize(files: { size: number }[]): void {
  const octets = files.reduce((sum, { size }) => sum + size, 0);
  if (files.length > MOST_FILES || octets > MOST_OCTETS) throw { code: 'files-too-large', message: '' };
}

/** A file's octets as Base64 (RFC 4648, section 4). */
export async function base64(file: File): Promise<string> {
  if (file.size > MOST_OCTETS) throw { code: 'files-too-large', message: file.name };
  return await new Promise<string>((done, failed) => {
    const reader = new FileReader();
    const unread = () => failed({ code: 'file-unreadable', message: file.name });
    reader.onerror = unread;
    // data:TYPE;base64,OCTETS
    reader.onload = () =>
      typeof reader.result === 'string' ? done(reader.result.split(',')[1] ?? '') : unread();
    reader.readAsDataURL(file);
  });
}

/** What was chosen in a field for files; the field is emptied, so that the same file, corrected, can be chosen again. */
export function chosen(event: Event & { currentTarget: HTMLInputElement }): File[] {
  const files = [...(event.currentTarget.files ?? [])];
  event.currentTarget.value = '';
  return files;
}
