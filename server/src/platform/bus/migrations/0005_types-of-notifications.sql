-- The notification of the log names the types that came, so that only those wake who want one of them: `<position> <type>,<type>…`, or the position alone where
-- they would not fit. Otherwise the function is that of 0002.
create or replace function bus.relay(
  module text, max_events integer, after_seq bigint default 0, upto_seq bigint default 9223372036854775807,
  out moved integer, out last_seq bigint
) language plpgsql as $$
declare
  wanted bigint[];
  befores bigint[];
  total bigint;
  base bigint;
  instant timestamptz;
  came text;
begin
  moved := -1;
  if not pg_try_advisory_xact_lock(hashtextextended('lastro.bus.relay.' || module, 0)) then return; end if;
  moved := 0;
  execute format('
    select array_agg(seq order by seq), array_agg(before order by seq), sum(events) from (
      select seq, events, (sum(events) over (order by seq) - events)::bigint as before
      from (select seq, events from %I.outbox where seq > $1 and seq <= $2 order by seq limit $3) waiting
    ) counted where before < $3', module)
    into wanted, befores, total using after_seq, upto_seq, max_events;
  if wanted is null then return; end if;
  -- From here to the commit nobody else gives out positions.
  select position, greatest(recorded_at, clock_timestamp()) into base, instant from bus.head for update;
  execute format('
    with moved as (
      insert into bus.log (first_position, last_position, recorded_at, source, tenant_id, types, body)
      select $1 + w.before + 1, $1 + w.before + o.events, $2, $3, o.tenant_id, o.types, o.body
      from unnest($4, $5) w (seq, before) join %I.outbox o on o.seq = w.seq
      returning types)
    select string_agg(distinct type, '','') from moved, unnest(types) type', module)
    into came using base, instant, '/lastro/' || module, wanted, befores;
  execute format('delete from %I.outbox where seq = any ($1)', module) using wanted;
  moved := total;
  last_seq := wanted[array_length(wanted, 1)];
  update bus.head set position = base + moved, recorded_at = instant;
  perform pg_notify('lastro_log', (base + moved)::text || case when octet_length(came) < 7000 then ' ' || came else '' end);
end $$;
