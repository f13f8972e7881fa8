//! What is written, in SQL, within a transaction that somebody else has begun and will commit.

use std::time::Duration;

use converse::store::{EventId, Id, Pushed, Record, Status, StoredEvent, Time};
use rusqlite::{Connection, ToSql, named_params, params};

use crate::read::{due, limit, number_of, signed};

/// Whether there was nothing in its way.
pub(crate) fn create(connection: &Connection, record: &Record) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO record VALUES (:id, :key, :flow, :question, :schema, :status, :version, :write,
        :due, :expires, :created, :updated, :wake, :body)";
    put(connection, sql, record)
}

/// Whether the version before was there, and its key was free.
pub(crate) fn commit(connection: &Connection, record: &Record, consumed: &[EventId]) -> rusqlite::Result<bool> {
    let sql = "UPDATE OR IGNORE record SET key = :key, flow = :flow, question = :question, schema = :schema,
        status = :status, version = :version, write = :write, due = :due, expires = :expires, created = :created,
        updated = :updated, wake = :wake, body = :body WHERE id = :id AND version = :version - 1";
    if !put(connection, sql, record)? {
        return Ok(false);
    }
    if record.status == Status::Done {
        forget_events(connection, record.id)?;
    } else if !consumed.is_empty() {
        let sql = "UPDATE event SET body = NULL WHERE record = ?1 AND id = ?2";
        let mut consume = connection.prepare_cached(sql)?;
        for event in consumed {
            consume.execute(params![record.id.as_bytes(), event.as_str()])?;
        }
    }
    Ok(true)
}

/// Whether the record was there and of this version.
pub(crate) fn delete(connection: &Connection, id: Id, version: u64) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM record WHERE id = ?1 AND version = ?2";
    let deleted = connection.prepare_cached(sql)?.execute(params![id.as_bytes(), signed(version)])?;
    if deleted > 0 {
        forget_events(connection, id)?;
    }
    Ok(deleted > 0)
}

pub(crate) fn push(connection: &Connection, id: Id, event: &StoredEvent, most: usize) -> rusqlite::Result<Pushed> {
    let exists = |sql, parameters: &[&dyn ToSql]| connection.prepare_cached(sql)?.exists(parameters);
    let (record, name) = (id.as_bytes(), event.id.as_str());
    if !exists("SELECT 1 FROM record WHERE id = ?1 AND status <> 1", &[record])? {
        return Ok(Pushed::Missing);
    }
    if exists("SELECT 1 FROM event WHERE record = ?1 AND id = ?2", &[record, &name])? {
        return Ok(Pushed::Duplicate);
    }
    let waiting = "SELECT count(*) FROM event WHERE record = ?1 AND body IS NOT NULL";
    let waiting: i64 = connection.prepare_cached(waiting)?.query_row([record], |row| row.get(0))?;
    if waiting >= limit(most) {
        return Ok(Pushed::Full);
    }
    let sql = "INSERT INTO event (record, id, body) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![record, name, event.body])?;
    Ok(Pushed::New)
}

pub(crate) fn claim_due(
    connection: &Connection,
    flows: &[String],
    now: Time,
    lease: Duration,
    most: usize,
) -> rusqlite::Result<Vec<Id>> {
    let due = due(connection, flows, now, most)?;
    let mut claim = connection.prepare_cached("UPDATE record SET wake = ?2 WHERE id = ?1")?;
    for id in &due {
        claim.execute(params![id.as_bytes(), signed((now + lease).as_millis())])?;
    }
    Ok(due)
}

pub(crate) fn clean(connection: &Connection, now: Time, most: usize) -> rusqlite::Result<u64> {
    let sql = "SELECT id FROM record WHERE expires <= ?1 ORDER BY expires, id LIMIT ?2";
    let expired = by_time(connection, sql, now, most)?;
    let mut delete = connection.prepare_cached("DELETE FROM record WHERE id = ?1")?;
    for id in &expired {
        delete.execute([id.as_bytes()])?;
        forget_events(connection, *id)?;
    }
    Ok(expired.len() as u64)
}

fn put(connection: &Connection, sql: &str, record: &Record) -> rusqlite::Result<bool> {
    let millis = |time: Time| signed(time.as_millis());
    let changed = connection.prepare_cached(sql)?.execute(named_params! {
        ":id": record.id.as_bytes(),
        ":key": record.key.as_deref(),
        ":flow": &*record.flow,
        ":question": &*record.question,
        ":schema": record.schema.as_bytes(),
        ":status": number_of(record.status),
        ":version": signed(record.version),
        ":write": record.write.as_bytes(),
        ":due": record.due.map(millis),
        ":expires": record.expires.map(millis),
        ":created": millis(record.created),
        ":updated": millis(record.updated),
        ":wake": record.due.filter(|_| record.status == Status::Live).map(millis),
        ":body": &*record.body,
    })?;
    Ok(changed > 0)
}

fn forget_events(connection: &Connection, id: Id) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM event WHERE record = ?1")?.execute([id.as_bytes()]).map(drop)
}

fn by_time(connection: &Connection, sql: &str, now: Time, most: usize) -> rusqlite::Result<Vec<Id>> {
    let mut statement = connection.prepare_cached(sql)?;
    let ids =
        statement.query_map(params![signed(now.as_millis()), limit(most)], |row| row.get(0).map(Id::from_bytes))?;
    ids.collect()
}
