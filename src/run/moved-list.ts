/** Why a list of a load that was stopped is in doubt: its last page is not what it was. */
export const MOVED =
  'its last page had changed when the load that had been stopped went on: rows may be shifted from page to page, so that some came twice or not at all';
