using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FlowGpt.Simulator.Tokens;

/// <summary>
/// Mints tokens shaped like the upstream's: an RS256 header and exactly the claims <c>id</c>, <c>email</c>, <c>sub</c>,
/// fractional <c>iat</c> and whole <c>exp</c>. They are fake: no key signs them, and the signature part decodes to a sentence saying so.
/// </summary>
public static class FakeToken
{
    private const int Rs256SignatureBytes = 256;
    private const string SignatureText = "FAKE: made by FlowGpt.Simulator, valid nowhere. ";

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT"}"""u8);
    private static readonly string Signature = MakeSignature();

    /// <summary>The <c>id</c> claim of the account with this name: always the same for the same name.</summary>
    public static string AccountId(string accountName) => NanoId.FromText("account:" + accountName);

    /// <summary>A device id for the account with this name: always the same for the same name.</summary>
    public static string DeviceId(string accountName) => NanoId.FromText("device:" + accountName);

    /// <summary>Mints a token for an account.</summary>
    /// <param name="accountName">The account's name; <see cref="AccountId"/> of it becomes the <c>id</c> and <c>sub</c> claims.</param>
    /// <param name="issuedAt">The <c>iat</c> claim.</param>
    /// <param name="lifetime">Time from <paramref name="issuedAt"/> to <c>exp</c>; negative for a token that is already expired.</param>
    public static string Mint(string accountName, DateTimeOffset issuedAt, TimeSpan lifetime)
    {
        var id = AccountId(accountName);
        var issued = issuedAt.ToUnixTimeMilliseconds() / 1000m;
        var expires = (issuedAt + lifetime).ToUnixTimeSeconds();
        var email = JsonEncodedText.Encode(accountName + "@simulator.invalid");
        var payload = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id":"{{id}}","email":"{{email}}","sub":"{{id}}","iat":{{issued:0.000}},"exp":{{expires}}}"""
        );
        return $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.{Signature}";
    }

    private static string MakeSignature()
    {
        var bytes = new byte[Rs256SignatureBytes];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)SignatureText[i % SignatureText.Length];
        }

        return Base64Url.EncodeToString(bytes);
    }
}
