//! What is read, in SQL.

use converse::Text;
use converse::store::{
    Arrivals, Count, EventId, Filter, Id, Mark, Record, Schema, Status, StoredEvent, Summary, Time, WriteId,
};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row, ToSql, params};

/// How many events are reported at once.
const ARRIVALS: i64 = 256;

/// In the order in which [`summary`] and [`record`] read them.
macro_rules! columns {
    ($rest:literal) => {
        concat!("id, key, flow, question, schema, status, version, due, expires, created, updated", $rest)
    };
}

pub(crate) fn load(connection: &Connection, id: Id) -> rusqlite::Result<Option<Record>> {
    let sql = concat!("SELECT ", columns!(", write, body"), " FROM record WHERE id = ?1");
    connection.prepare_cached(sql)?.query_row([id.as_bytes()], record).optional()
}

pub(crate) fn find(connection: &Connection, flow: &str, key: &str) -> rusqlite::Result<Option<Record>> {
    let open =
        concat!("SELECT ", columns!(", write, body"), " FROM record WHERE flow = ?1 AND key = ?2 AND status <> 1");
    let ended = concat!(
        "SELECT ",
        columns!(", write, body"),
        " FROM record WHERE flow = ?1 AND key = ?2 AND status = 1 ORDER BY updated DESC, id DESC LIMIT 1"
    );
    match connection.prepare_cached(open)?.query_row([flow, key], record).optional()? {
        None => connection.prepare_cached(ended)?.query_row([flow, key], record).optional(),
        found => Ok(found),
    }
}

pub(crate) fn events(connection: &Connection, id: Id, most: usize) -> rusqlite::Result<Vec<StoredEvent>> {
    let sql = "SELECT id, body FROM event WHERE record = ?1 AND body IS NOT NULL ORDER BY number LIMIT ?2";
    all(connection, sql, params![id.as_bytes(), limit(most)], |row| {
        Ok(StoredEvent { id: EventId::from(row.get::<_, String>(0)?), body: row.get(1)? })
    })
}

/// The first of what is due.
pub(crate) fn due(connection: &Connection, flows: &[String], now: Time, most: usize) -> rusqlite::Result<Vec<Id>> {
    let each = vec!["?"; flows.len()].join(", ");
    let sql = format!("SELECT id FROM record WHERE wake <= ? AND flow IN ({each}) ORDER BY wake, id LIMIT ?");
    let (now, most) = (signed(now.as_millis()), limit(most));
    let mut parameters: Vec<&dyn ToSql> = vec![&now];
    parameters.extend(flows.iter().map(|flow| flow as &dyn ToSql));
    parameters.push(&most);
    all(connection, &sql, &*parameters, |row| row.get(0).map(Id::from_bytes))
}

pub(crate) fn any_expired(connection: &Connection, now: Time) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM record WHERE expires <= ?1")?.exists([signed(now.as_millis())])
}

pub(crate) fn mark(connection: &Connection) -> rusqlite::Result<Mark> {
    let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event'";
    connection.prepare_cached(sql)?.query_row([], |row| unsigned(row, 0).map(Mark::behind))
}

/// None if nothing waits behind the mark.
pub(crate) fn arrivals(connection: &Connection, after: Mark) -> rusqlite::Result<Option<Arrivals>> {
    let sql = "SELECT number, record FROM event WHERE number > ?1 AND body IS NOT NULL ORDER BY number LIMIT ?2";
    let found: Vec<(u64, Id)> = all(connection, sql, params![signed(after.number()), ARRIVALS], |row| {
        Ok((unsigned(row, 0)?, Id::from_bytes(row.get(1)?)))
    })?;
    Ok(found.last().map(|&(number, _)| {
        let mut ids: Vec<_> = found.iter().map(|&(_, id)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        Arrivals { ids, mark: Mark::behind(number) }
    }))
}

pub(crate) fn list(
    connection: &Connection,
    filter: &Filter,
    after: Option<Id>,
    most: usize,
) -> rusqlite::Result<Vec<Summary>> {
    let sql = concat!(
        "SELECT ",
        columns!(""),
        " FROM record WHERE id > coalesce(?1, x'') AND (?2 IS NULL OR flow = ?2) AND (?3 IS NULL OR question = ?3)
            AND (?4 IS NULL OR status = ?4) ORDER BY id LIMIT ?5"
    );
    let after = after.as_ref().map(Id::as_bytes);
    let status = filter.status.map(number_of);
    all(
        connection,
        sql,
        params![after, filter.flow.as_deref(), filter.question.as_deref(), status, limit(most)],
        summary,
    )
}

pub(crate) fn histogram(connection: &Connection) -> rusqlite::Result<Vec<Count>> {
    let sql = "SELECT flow, schema, question, count(*) FROM record WHERE status = 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    all(connection, sql, [], |row| {
        let schema = Schema::from_bytes(row.get(1)?);
        Ok(Count { flow: text(row, 0)?, schema, question: text(row, 2)?, records: unsigned(row, 3)? })
    })
}

/// The number that stands for it in the file.
pub(crate) fn number_of(status: Status) -> u8 {
    match status {
        Status::Live => 0,
        Status::Done => 1,
        Status::Parked => 2,
    }
}

/// SQLite has no numbers without a sign: those above its largest are its negative ones.
pub(crate) fn signed(number: u64) -> i64 {
    number.cast_signed()
}

/// The reverse of [`signed`].
fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(i64::cast_unsigned)
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Text> {
    row.get::<_, String>(column).map(Text::from)
}

pub(crate) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare_cached(sql)?.query_map(parameters, read)?.collect()
}

fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let time = |millis: i64| Time::from_millis(millis.cast_unsigned());
    Ok(Summary {
        id: Id::from_bytes(row.get(0)?),
        key: row.get::<_, Option<String>>(1)?.map(Text::from),
        flow: text(row, 2)?,
        question: text(row, 3)?,
        schema: Schema::from_bytes(row.get(4)?),
        status: match row.get(5)? {
            0 => Status::Live,
            1 => Status::Done,
            2 => Status::Parked,
            other => {
                return Err(rusqlite::Error::FromSqlConversionFailure(
                    5,
                    Type::Integer,
                    format!("status {other}").into(),
                ));
            }
        },
        version: unsigned(row, 6)?,
        due: row.get::<_, Option<_>>(7)?.map(time),
        expires: row.get::<_, Option<_>>(8)?.map(time),
        created: time(row.get(9)?),
        updated: time(row.get(10)?),
    })
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let Summary { id, key, flow, question, schema, status, version, due, expires, created, updated } = summary(row)?;
    let (write, body) = (WriteId::from_bytes(row.get(11)?), row.get::<_, Vec<u8>>(12)?.into());
    Ok(Record { id, key, flow, question, schema, status, version, write, due, expires, created, updated, body })
}
