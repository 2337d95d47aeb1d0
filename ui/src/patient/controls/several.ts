// How many answers a question takes, in words.
import { t } from '../../i18n/locale.svelte';

/** What is said of a question with `of` options of which at most `most` may be chosen. */
export function severalMay(most: number | null, of: number): string {
  return most === null || most >= of ? t('several-any') : t('several-most', { max: most });
}
