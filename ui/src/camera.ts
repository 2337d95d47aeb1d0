// The device's camera, as the web view gives it (W3C, Media Capture and Streams). What is taken is drawn anew from what is
// seen, so that a picture carries neither its place nor the device that took it.
import { base64Bytes } from './format';

export type Picture = {
  contentType: string;
  /** Its octets (RFC 4648, section 4). */
  data: string;
};

/** Why nothing is seen: the code of a message. */
export type CameraProblem = 'camera-none' | 'camera-refused' | 'camera-busy';

/** The longest edge of a picture, in pixels. */
const LARGEST = 1920;
/** Below this nobody can make anything out. */
const SMALLEST = 320;

/** The cameras of a web view; it need not have any such thing. */
const devices = () => navigator.mediaDevices as MediaDevices | undefined;

/** Whether there is a camera, as far as can be known without opening one. */
export async function isThere(): Promise<boolean> {
  const all =
    (await devices()
      ?.enumerateDevices?.()
      .catch(() => [])) ?? [];
  return all.some(({ kind }) => kind === 'videoinput');
}

/** Opens the camera that looks away from the person, or another. */
export async function open(): Promise<MediaStream> {
  const known = devices();
  if (!known) throw new DOMException('no camera', 'NotFoundError');
  return await known.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: LARGEST }, height: { ideal: 1080 } },
  });
}

/** Turns the camera off. */
export function close(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What a camera that did not open means for the person before it. */
export function problemOf(thrown: unknown): CameraProblem {
  switch (thrown instanceof DOMException ? thrown.name : '') {
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'camera-none';
    case 'NotAllowedError':
    case 'SecurityError':
      return 'camera-refused';
    default:
      return 'camera-busy';
  }
}

/** What is seen now, as large as so many octets allow; nothing where they allow no picture. */
export function picture(seen: HTMLVideoElement, type: string, most: number): Picture | null {
  const canvas = document.createElement('canvas');
  const longest = Math.max(seen.videoWidth, seen.videoHeight);
  if (longest === 0) return null;
  for (let edge = Math.min(LARGEST, longest); ; edge = Math.floor(edge * 0.75)) {
    canvas.width = Math.round((seen.videoWidth * edge) / longest);
    canvas.height = Math.round((seen.videoHeight * edge) / longest);
    canvas.getContext('2d')?.drawImage(seen, 0, 0, canvas.width, canvas.height);
    // data:TYPE;base64,OCTETS
    const [, contentType = '', data = ''] =
      /^data:([^;]+);base64,(.+)$/.exec(canvas.toDataURL(type, 0.9)) ?? [];
    if (data === '' || contentType !== type) return null;
    if (base64Bytes(data) <= most) return { contentType, data };
    if (edge <= SMALLEST) return null;
  }
}
