using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Accounts;

/// <summary>Why a request got no reply.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<RejectReason>))]
public enum RejectReason
{
    /// <summary>401: no <c>Authorization</c> header.</summary>
    MissingToken,

    /// <summary>401: not a bearer token with the upstream's claims.</summary>
    MalformedToken,

    /// <summary>401: past its <c>exp</c>.</summary>
    ExpiredToken,

    /// <summary>401: issued before the account's tokens were revoked.</summary>
    RevokedToken,

    /// <summary>401: no such account, where only known ones are accepted, or there is no room for another.</summary>
    UnknownAccount,

    /// <summary>403 (assumed): the account is disabled.</summary>
    DisabledAccount,

    /// <summary>403 (assumed): signature, timestamp or nonce.</summary>
    BadSignature,

    /// <summary>400 (assumed): the body or a directive in it.</summary>
    BadRequest,

    /// <summary>404 (assumed): no such conversation.</summary>
    UnknownConversation,

    /// <summary>403 (assumed): another account's conversation.</summary>
    ForeignConversation,

    /// <summary>404: no such model on the OpenAI-compatible face.</summary>
    UnknownModel,

    /// <summary>429: a limit, in <see cref="LimitMode.Enforce"/>.</summary>
    Limit,

    /// <summary>An injected fault of a "refused" kind.</summary>
    Fault,
}
