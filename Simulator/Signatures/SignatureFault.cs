using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Signatures;

/// <summary>What is wrong with a request's signature.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<SignatureFault>))]
public enum SignatureFault
{
    /// <summary>Nothing, or it was not looked at.</summary>
    None,

    /// <summary>One of <c>x-timestamp</c>, <c>x-nonce</c>, <c>x-signature</c> is missing or occurs twice.</summary>
    Missing,

    /// <summary>The signature is of none of the accepted forms.</summary>
    WrongSignature,

    /// <summary>The timestamp is no decimal number of seconds, or too far from the clock.</summary>
    Skewed,

    /// <summary>The nonce is not 32 characters of <c>[0-9a-f]</c>.</summary>
    MalformedNonce,

    /// <summary>The nonce was used before.</summary>
    ReplayedNonce,
}
