/**
 * What stored transfers do to entries, in SQL: by these the books are checked and made again. The domain decides the same in its own words.
 * Arguments are aliases of rows.
 */

/** What a transfer adds to the posted balance of its two accounts. */
export const postedBy = (transfer: string) =>
  `case when ${transfer}.kind in ('transfer', 'settle', 'reverse') then ${transfer}.amount else 0 end`;

/** What a transfer adds to the pending balance of its two accounts. */
export const pendingBy = (transfer: string) =>
  `case ${transfer}.kind when 'hold' then ${transfer}.amount else -coalesce(${transfer}.held, 0) end`;

/** True when an entry's balances are not those of its account's entry before (absent: none) with its own change on a side. */
export const breaksWith = (entry: string, before: string, side: string) =>
  `(${entry}.posted_debits - coalesce(${before}.posted_debits, 0), ${entry}.pending_debits - coalesce(${before}.pending_debits, 0),
        ${entry}.posted_credits - coalesce(${before}.posted_credits, 0), ${entry}.pending_credits - coalesce(${before}.pending_credits, 0))
      <> case ${side} when 'debit' then (${entry}.posted_change, ${entry}.pending_change, 0::numeric, 0::numeric)
        else (0::numeric, 0::numeric, ${entry}.posted_change, ${entry}.pending_change) end`;
