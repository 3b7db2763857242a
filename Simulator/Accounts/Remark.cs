using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Accounts;

/// <summary>
/// Things in a request that no known client of the upstream does. They are counted and never refused, because how the real service takes
/// them is unknown.
/// </summary>
[JsonConverter(typeof(KebabEnumJsonConverter<Remark>))]
public enum Remark
{
    /// <summary>No <c>model</c>.</summary>
    NoModel,

    /// <summary>No <c>promptId</c>.</summary>
    NoPromptId,

    /// <summary>A <c>userId</c> that is neither empty nor the token's <c>id</c> claim.</summary>
    ForeignUserId,

    /// <summary>Both <c>conversationId</c> and <c>history</c> or <c>system</c>.</summary>
    BothContextModes,

    /// <summary>The context ends with a user message that is the question itself: the last turn was sent twice.</summary>
    QuestionRepeated,

    /// <summary>No <c>Origin</c> header.</summary>
    NoOrigin,

    /// <summary>No <c>Referer</c> header.</summary>
    NoReferer,

    /// <summary>No <c>x-flow-device-id</c> header.</summary>
    NoDeviceId,

    /// <summary>A device id that is not 21 characters of <c>[A-Za-z0-9_-]</c>.</summary>
    MalformedDeviceId,

    /// <summary>No <c>x-flow-language</c> header.</summary>
    NoLanguage,

    /// <summary>A content type that is not <c>application/json</c>.</summary>
    NotJsonContent,

    /// <summary>A signature on <c>/conversation/create</c>, which known clients do not sign.</summary>
    SignedCreate,
}
