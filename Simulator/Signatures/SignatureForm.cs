using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Signatures;

/// <summary>What the MD5 of <c>x-signature</c> is taken of.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<SignatureForm>))]
public enum SignatureForm
{
    /// <summary><c>{timestamp}-{nonce}-{Authorization header value}</c>.</summary>
    DashAuthorization,

    /// <summary><c>{timestamp}{nonce}{deviceId}</c>.</summary>
    ConcatenatedDevice,

    /// <summary><c>{timestamp}:{nonce}:{deviceId}</c>.</summary>
    ColonDevice,
}
