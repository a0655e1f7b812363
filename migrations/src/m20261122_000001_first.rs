//! The first schema: organizations with their people and keys, campaigns with their gates, events, notices and
//! deliveries. Instants and JSON are text on both databases; `org_id` leads every key so that tables can be sharded.

use sea_orm_migration::prelude::*;

/// Creates every table of the first release.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            organization(),
            member(),
            api_key(),
            campaign(),
            gate(),
            event(),
            notice(),
            delivery(),
            idempotency(),
            meta(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn organization() -> TableCreateStatement {
    Table::create()
        .table("organization")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(text("name"))
        .col(text("defaults"))
        .col(number("version"))
        .col(text("created_at"))
        .take()
}

fn member() -> TableCreateStatement {
    Table::create()
        .table("member")
        .col(id("org_id"))
        .col(id("id"))
        .col(text("name"))
        .col(text_null("email"))
        .col(text("role"))
        .col(text("duties"))
        .col(text_null("mobile"))
        .col(text("handles"))
        .col(text("locale"))
        .col(text("time_zone"))
        .col(flag("active"))
        .col(text("created_at"))
        .col(text("updated_at"))
        .primary_key(&mut key(["org_id", "id"]))
        .foreign_key(&mut of_organization("member"))
        .take()
}

fn api_key() -> TableCreateStatement {
    Table::create()
        .table("api_key")
        .col(id("org_id"))
        .col(id("id"))
        .col(text("name"))
        .col(text("hash"))
        .col(text("prefix"))
        .col(id_null("member_id"))
        .col(text_null("role"))
        .col(id_null("made_by"))
        .col(text_null("expires_at"))
        .col(text_null("revoked_at"))
        .col(text("created_at"))
        .col(text_null("last_used_at"))
        .primary_key(&mut key(["org_id", "id"]))
        .foreign_key(&mut of_organization("api_key"))
        .take()
}

fn campaign() -> TableCreateStatement {
    Table::create()
        .table("campaign")
        .col(id("org_id"))
        .col(id("id"))
        .col(number("row_version"))
        .col(number("version"))
        .col(text("name"))
        .col(text("go_live_at"))
        .col(text("time_zone"))
        .col(number("planned_minutes"))
        .col(text("currency"))
        .col(text("account_ref"))
        .col(text("room_ref"))
        .col(text("owner"))
        .col(text_null("external_ref"))
        .col(text("playbook"))
        .col(text("platforms"))
        .col(text("metadata"))
        .col(text("life"))
        .col(text("status"))
        .col(text_null("current_gate"))
        .col(text_null("next_wake_at"))
        .col(text("search"))
        .col(text("created_at"))
        .col(text("updated_at"))
        .primary_key(&mut key(["org_id", "id"]))
        .foreign_key(&mut of_organization("campaign"))
        .take()
}

fn gate() -> TableCreateStatement {
    Table::create()
        .table("gate")
        .col(id("org_id"))
        .col(id("campaign_id"))
        .col(text("gate"))
        .col(number("version"))
        .col(text("content"))
        .col(id_null("assignee"))
        .col(text("ticks"))
        .col(text_null("submission"))
        .col(text_null("approval"))
        .col(text("editors"))
        .col(text("status"))
        .col(text("due_at"))
        .col(text_null("expires_at"))
        .col(text("revision"))
        .primary_key(&mut key(["org_id", "campaign_id", "gate"]))
        .foreign_key(&mut of_campaign("gate"))
        .take()
}

fn event() -> TableCreateStatement {
    Table::create()
        .table("event")
        .col(ColumnDef::new("seq").big_integer().not_null().auto_increment().primary_key())
        .col(id("org_id"))
        .col(id("id"))
        .col(id("campaign_id"))
        .col(text("type"))
        .col(text_null("gate"))
        .col(text("actor"))
        .col(id_null("through"))
        .col(text("occurred_at"))
        .col(text("recorded_at"))
        .col(text("data"))
        .foreign_key(&mut of_campaign("event"))
        .take()
}

fn notice() -> TableCreateStatement {
    Table::create()
        .table("notice")
        .col(id("org_id"))
        .col(id("id"))
        .col(id("campaign_id"))
        .col(text("key"))
        .col(text("reason"))
        .col(text("subject"))
        .col(text("occurrence"))
        .col(text("generation"))
        .col(text("class"))
        .col(text("planned_at"))
        .col(text("not_after"))
        .col(text("audience"))
        .col(text("status"))
        .col(text_null("outcome"))
        .col(text("created_at"))
        .col(text_null("settled_at"))
        .primary_key(&mut key(["org_id", "id"]))
        .foreign_key(&mut of_campaign("notice"))
        .take()
}

fn delivery() -> TableCreateStatement {
    Table::create()
        .table("delivery")
        .col(id("org_id"))
        .col(id("id"))
        .col(id("notice_id"))
        .col(text("channel"))
        .col(id("recipient"))
        .col(text("address"))
        .col(text("status"))
        .col(number("attempts"))
        .col(text("next_attempt_at"))
        .col(text("message_id"))
        .col(text_null("last_error"))
        .col(text_null("lease_until"))
        .col(id_null("lease_token"))
        .col(text("created_at"))
        .col(text_null("sent_at"))
        .primary_key(&mut key(["org_id", "id"]))
        .foreign_key(
            ForeignKey::create()
                .name("delivery_notice")
                .from_tbl("delivery")
                .from_col("org_id")
                .from_col("notice_id")
                .to_tbl("notice")
                .to_col("org_id")
                .to_col("id"),
        )
        .take()
}

fn idempotency() -> TableCreateStatement {
    Table::create()
        .table("idempotency")
        .col(id("org_id"))
        .col(id("holder"))
        .col(text("key"))
        .col(text("fingerprint"))
        .col(number("status"))
        .col(text("headers"))
        .col(ColumnDef::new("body").blob().not_null())
        .col(flag("sealed"))
        .col(text("created_at"))
        .primary_key(&mut key(["org_id", "holder", "key"]))
        .take()
}

fn meta() -> TableCreateStatement {
    Table::create()
        .table("meta")
        .col(ColumnDef::new("name").text().not_null().primary_key())
        .col(text("value"))
        .take()
}

/// Unique indexes are rules of the data; the others each serve one question of the store.
fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("member", "member_email", &["org_id", "email"]),
        unique("api_key", "api_key_hash", &["hash"]),
        unique("campaign", "campaign_external_ref", &["org_id", "external_ref"]),
        index("campaign", "campaign_status", &["org_id", "status", "go_live_at"]),
        index("campaign", "campaign_go_live", &["org_id", "go_live_at", "id"]),
        index("campaign", "campaign_created", &["org_id", "created_at", "id"]),
        index("campaign", "campaign_name", &["org_id", "name", "id"]),
        index("campaign", "campaign_wake", &["next_wake_at"]),
        unique("event", "event_id", &["org_id", "id"]),
        index("event", "event_campaign", &["org_id", "campaign_id", "seq"]),
        unique("notice", "notice_key", &["org_id", "key"]),
        index("notice", "notice_due", &["status", "planned_at"]),
        index("notice", "notice_campaign", &["org_id", "campaign_id", "planned_at"]),
        unique("delivery", "delivery_recipient", &["org_id", "notice_id", "channel", "recipient"]),
        index("delivery", "delivery_due", &["status", "next_attempt_at"]),
        index("idempotency", "idempotency_age", &["created_at"]),
    ]
}

fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

fn id_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().null().take()
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

fn text_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().null().take()
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}

fn key<const N: usize>(columns: [&'static str; N]) -> IndexCreateStatement {
    columns.into_iter().fold(Index::create(), |mut key, column| key.col(column).take())
}

fn index(table: &'static str, name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).take();
    for column in columns {
        index.col(*column);
    }
    index
}

fn unique(table: &'static str, name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, name, columns).unique().take()
}

fn of_organization(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_organization"))
        .from(table, "org_id")
        .to("organization", "id")
        .take()
}

fn of_campaign(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_campaign"))
        .from_tbl(table)
        .from_col("org_id")
        .from_col("campaign_id")
        .to_tbl("campaign")
        .to_col("org_id")
        .to_col("id")
        .take()
}
