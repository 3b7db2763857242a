using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Simulator.Signatures;

/// <summary>Checks <c>x-timestamp</c>, <c>x-nonce</c> and <c>x-signature</c> of a chat request.</summary>
/// <param name="mode">What leads to refusal.</param>
/// <param name="required">The only form accepted, or null for any.</param>
/// <param name="skew">How far a timestamp may be from the clock.</param>
/// <param name="nonces">The nonces already used, of all accounts (assumed).</param>
internal sealed class SignatureChecker(SignatureMode mode, SignatureForm? required, TimeSpan skew, NonceMemory nonces)
{
    private static readonly SignatureForm[] AllForms = Enum.GetValues<SignatureForm>();

    public SignatureVerdict Check(IHeaderDictionary headers, DateTimeOffset now)
    {
        if (mode == SignatureMode.Off)
        {
            return default;
        }

        if (
            headers["x-timestamp"] is not [{ } timestamp]
            || headers["x-nonce"] is not [{ } nonce]
            || headers["x-signature"] is not [{ } signature]
        )
        {
            return new SignatureVerdict(SignatureFault.Missing, null);
        }

        var form = FormOf(signature, timestamp, nonce, headers.Authorization.ToString(), headers["x-flow-device-id"].ToString());
        return form is null
            ? new SignatureVerdict(SignatureFault.WrongSignature, null)
            : new SignatureVerdict(Age(timestamp, nonce, now), form);
    }

    public bool Refuses(SignatureFault fault) =>
        mode switch
        {
            SignatureMode.Strict => fault != SignatureFault.None,
            SignatureMode.Lenient => fault == SignatureFault.WrongSignature,
            _ => false,
        };

    /// <summary>The signature a client has to send.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol's signature is an MD5; nothing is protected by it here.")]
    public static string Sign(SignatureForm form, string timestamp, string nonce, string authorization, string deviceId)
    {
        var input = form switch
        {
            SignatureForm.DashAuthorization => $"{timestamp}-{nonce}-{authorization}",
            SignatureForm.ConcatenatedDevice => timestamp + nonce + deviceId,
            _ => $"{timestamp}:{nonce}:{deviceId}",
        };
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(input)));
    }

    private SignatureForm? FormOf(string signature, string timestamp, string nonce, string authorization, string deviceId)
    {
        foreach (var form in AllForms)
        {
            if ((required ?? form) == form && Sign(form, timestamp, nonce, authorization, deviceId) == signature)
            {
                return form;
            }
        }

        return null;
    }

    private SignatureFault Age(string timestamp, string nonce, DateTimeOffset now)
    {
        if (
            !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((double)seconds - now.ToUnixTimeSeconds()) > skew.TotalSeconds
        )
        {
            return SignatureFault.Skewed;
        }

        if (!NonceMemory.TryParse(nonce, out var value))
        {
            return SignatureFault.MalformedNonce;
        }

        return nonces.Add(value) ? SignatureFault.None : SignatureFault.ReplayedNonce;
    }
}
