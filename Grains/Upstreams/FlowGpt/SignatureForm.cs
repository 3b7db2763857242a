namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>What <c>x-signature</c> is the MD5 of. Which form the service checks, if any, is not known for certain.</summary>
public enum SignatureForm
{
    /// <summary><c>{timestamp}-{nonce}-{Authorization header value}</c></summary>
    DashAuthorization,

    /// <summary><c>{timestamp}{nonce}{deviceId}</c></summary>
    ConcatenatedDevice,

    /// <summary><c>{timestamp}:{nonce}:{deviceId}</c></summary>
    ColonDevice,
}
