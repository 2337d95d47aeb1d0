import { describe, expect, it } from 'vitest';
import { refusal } from './ipc';

describe('a refusal', () => {
  it('keeps everything that the backend said', () => {
    const said = { code: 'constraint', message: 'm', said: 'The end is first.', limit: 3, key: 'end' };
    expect(refusal(said)).toEqual(said);
    expect(refusal({ code: 'required', message: 'm' })).toEqual({ code: 'required', message: 'm' });
  });

  it('is made of whatever was thrown', () => {
    expect(refusal('lost')).toEqual({ code: 'unknown', message: 'lost' });
  });
});
