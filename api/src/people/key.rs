//! Keys: made for a member, or for a service with a role.

use domain::actor::Role;
use domain::fault::{At, FaultKind, Faults};
use domain::ids::{ApiKeyId, MemberId, OrganizationId};
use domain::record;
use domain::record::Member as Readable;
use domain::scalar::{Text, plain_text};
use domain::shape::Shape;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::fault;
use crate::failure::Failure;
use crate::secret::{Hidden, Secrets, new_api_key};
use crate::store::keys::ApiKey;
use crate::store::{Tx, keys, members};

record! {
    /// A key to be made: either for a member, or for a service with a role.
    pub struct NewApiKey {
        /// What people call it.
        name: Text<80>, yes, "Name", "名称";
        /// The member it acts as.
        member_id: MemberRef, no, "Member", "成员";
        /// What a service may do; a service cannot decide on gates.
        role: Role, no, "Role", "角色";
        /// When it stops to work.
        expires_at: Timestamp, no, "Expires", "失效时间";
    }
}

/// The id of a member.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct MemberRef(pub MemberId);

impl Readable for MemberRef {
    fn shape() -> Shape {
        Shape::Id
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        read_id(value, at, faults).map(|id| Self(MemberId(id)))
    }

    fn write(&self) -> Value {
        Value::from(self.0.to_string())
    }
}

/// A UUID as RFC 9562 writes it; its reader also knows forms without hyphens, in braces and as a URN.
pub fn read_id(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Uuid> {
    let text = plain_text(value, at, faults)?;
    let id = text.parse().ok().filter(|_| text.len() == 36);
    if id.is_none() {
        faults.add(at, FaultKind::bad_format("0190b2a4-5c6d-7e8f-9a0b-1c2d3e4f5a6b", text));
    }
    id
}

/// Makes a key; the key itself is in the answer this once.
///
/// # Errors
/// Faults of the input, or no random bytes.
pub async fn make_key(
    tx: &Tx,
    org: OrganizationId,
    new: &NewApiKey,
    made_by: Option<MemberId>,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(ApiKey, Hidden), Failure> {
    if let Some(end) = new.expires_at.filter(|end| *end <= now) {
        let kind = FaultKind::OutOfRange {
            min: now.strftime("%FT%TZ").to_string(),
            max: Timestamp::MAX.strftime("%FT%TZ").to_string(),
            found: end.to_string(),
        };
        return Err(fault("/expires_at", kind));
    }
    let member = match (new.member_id, new.role) {
        (Some(_), Some(_)) => return Err(fault("/role", FaultKind::Excludes { other: "member_id" })),
        (None, None) => return Err(fault("/member_id", FaultKind::Required)),
        (None, Some(_)) => None,
        (Some(MemberRef(id)), None) => {
            let active = members::find(tx, org, id).await?.is_some_and(|member| member.active);
            Some(
                active
                    .then_some(id)
                    .ok_or_else(|| fault("/member_id", FaultKind::NotFound { what: "member" }))?,
            )
        }
    };
    let key = new_api_key().map_err(|error| Failure::Internal(error.to_string()))?;
    let kept = keep_key(tx, org, new, member, made_by, &key, secrets, now).await?;
    Ok((kept, key))
}

#[expect(clippy::too_many_arguments, reason = "a key is made of all of these")]
async fn keep_key(
    tx: &Tx,
    org: OrganizationId,
    new: &NewApiKey,
    member: Option<MemberId>,
    made_by: Option<MemberId>,
    key: &Hidden,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<ApiKey, Failure> {
    let kept = ApiKey {
        id: ApiKeyId(Uuid::now_v7()),
        name: new.name.clone().map(Into::into).unwrap_or_default(),
        prefix: key.reveal().chars().take(8).collect(),
        member,
        role: new.role,
        made_by,
        expires_at: new.expires_at,
        revoked_at: None,
        created_at: now,
        last_used_at: None,
    };
    keys::insert(tx, org, &kept, &secrets.hash_of(key.reveal())).await?;
    Ok(kept)
}

/// Keeps a key somebody else chose, for the very first admin.
///
/// # Errors
/// What the database says.
pub async fn keep_given_key(
    tx: &Tx,
    org: OrganizationId,
    member: MemberId,
    key: &Hidden,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<ApiKey, Failure> {
    let name = record::read::<Text<80>>(&Value::from("first admin"), "").ok();
    let new = NewApiKey { name, ..NewApiKey::default() };
    keep_key(tx, org, &new, Some(member), None, key, secrets, now).await
}
