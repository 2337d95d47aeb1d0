// A picture and a sound, drawn and hummed here so that nothing large lies in the repository, and two seconds of a ball.
import type { MediumData } from '../src/bindings';
import ball from './video.webm?inline';

/** A hand with a mark on it, 320 by 200. */
function picture(): MediumData {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 200];
  const pen = canvas.getContext('2d');
  if (pen) {
    pen.lineWidth = 6;
    pen.lineCap = 'round';
    for (let finger = 0; finger < 5; finger += 1) {
      pen.beginPath();
      pen.moveTo(110 + finger * 24, 150);
      pen.lineTo(84 + finger * 37, 30 + Math.abs(finger - 2) * 14);
      pen.stroke();
    }
    pen.fillStyle = '#a3261b';
    pen.beginPath();
    pen.arc(160, 150, 16, 0, 7);
    pen.fill();
  }
  return { contentType: 'image/png', data: canvas.toDataURL('image/png').split(',')[1] ?? '' };
}

/** A tenth of a second of silence. */
function sound(): MediumData {
  const head =
    'RIFF\x64\x03\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x03\0\0';
  return { contentType: 'audio/wav', data: btoa(head + '\x80'.repeat(0x340)) };
}

/** WebM with VP8, which every web view plays. */
const video = (): MediumData => ({ contentType: 'video/webm', data: ball.split(',')[1] ?? '' });

/** The beginning of an MP4 file, and nothing that could be played. */
const unplayable = (): MediumData => ({
  contentType: 'video/mp4',
  data: btoa('\0\0\0\x18ftypisom\0\0\x02\0isommp41'),
});

export const MEDIA: Record<string, MediumData> = {
  picture: picture(),
  sound: sound(),
  video: video(),
  unplayable: unplayable(),
};
