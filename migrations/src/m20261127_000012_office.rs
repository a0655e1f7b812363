//! Messages about an organization itself, and its reminders.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Lets `campaign_id` of `notice` be null, and adds `reminder`.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild(manager).await?,
            DbBackend::Postgres | DbBackend::MySql | _ => {
                let nullable = "ALTER TABLE notice ALTER COLUMN campaign_id DROP NOT NULL";
                manager.get_connection().execute_unprepared(nullable).await?;
            }
        }
        manager.create_table(reminder()).await
    }
}

fn reminder() -> TableCreateStatement {
    let text = |name: &'static str| ColumnDef::new(name).text().not_null().take();
    Table::create()
        .table("reminder")
        .col(ColumnDef::new("org_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(text("data"))
        .col(text("made_at"))
        .primary_key(Index::create().col("org_id").col("id"))
        .foreign_key(
            ForeignKey::create()
                .name("reminder_organization")
                .from_tbl("reminder")
                .from_col("org_id")
                .to_tbl("organization")
                .to_col("id"),
        )
        .take()
}

/// SQLite changes no column: both tables are written anew, and deliveries with the messages they belong to, so that no
/// reference is ever broken. What a rename leaves behind in statements of references it changes itself.
async fn rebuild(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let mut indexes = Vec::new();
    for table in ["notice", "delivery"] {
        let kept = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL";
        let kept = Statement::from_sql_and_values(DbBackend::Sqlite, kept, [table.into()]);
        for row in db.query_all_raw(kept).await? {
            indexes.push(row.try_get::<String>("", "sql")?);
        }
        let made = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?";
        let made = Statement::from_sql_and_values(DbBackend::Sqlite, made, [table.into()]);
        let made = db.query_one_raw(made).await?.ok_or_else(|| missing(table))?;
        let anew = made
            .try_get::<String>("", "sql")?
            .replace("\"notice\"", "\"notice_anew\"")
            .replace("TABLE \"delivery\"", "TABLE \"delivery_anew\"");
        let anew = match table {
            "notice" => without_not_null(&anew).ok_or_else(|| missing("campaign_id"))?,
            _ => anew,
        };
        db.execute_unprepared(&anew).await?;
        db.execute_unprepared(&format!("INSERT INTO {table}_anew SELECT * FROM {table}")).await?;
    }
    for table in ["delivery", "notice"] {
        db.execute_unprepared(&format!("DROP TABLE {table}")).await?;
    }
    for table in ["notice", "delivery"] {
        db.execute_unprepared(&format!("ALTER TABLE {table}_anew RENAME TO {table}")).await?;
    }
    for index in indexes {
        db.execute_unprepared(&index).await?;
    }
    Ok(())
}

/// The statement with a `campaign_id` that may be null; none if it says otherwise already.
fn without_not_null(statement: &str) -> Option<String> {
    let (before, column) = statement.split_once("\"campaign_id\"")?;
    let (column, after) = column.split_once(" NOT NULL")?;
    (!column.contains(',')).then(|| format!("{before}\"campaign_id\"{column}{after}"))
}

fn missing(what: &str) -> DbErr {
    DbErr::Migration(format!("the schema has no {what} as this release knows it"))
}
