using System.Text;
using System.Text.Json;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>The scanner finds every form of a secret; otherwise an empty result would mean nothing.</summary>
public sealed class SecretScannerTests
{
    private const string Secret = "canary+of/the=mine \"é\"";
    private const string Long = "a-long-secret-of-which-only-one-half-may-turn-up-somewhere-0123456789";

    public static TheoryData<string> Outputs =>
        [
            $"line with {Secret} in it",
            JsonSerializer.Serialize(new { text = Secret }),
            JsonSerializer.Serialize(new { text = JsonSerializer.Serialize(Secret) }),
            $"/path?key={Uri.EscapeDataString(Secret)}&x=1",
            $"key={System.Net.WebUtility.UrlEncode(Secret)}",
            Convert.ToHexString(Encoding.UTF8.GetBytes($"x{Secret}y")),
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Secret}")),
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"1{Secret}2")),
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"12{Secret}34")),
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Secret}")),
            System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"123{Secret}4567")),
        ];

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Scan_OfAnyForm_FindsIt(string output)
    {
        var scanner = new SecretScanner().Plant("secret", Secret);

        scanner.Scan("the output", output);

        Assert.Contains(scanner.Findings, static finding => finding.StartsWith("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Scan_OfUtf16AndOfHalves_FindsThem()
    {
        Assert.True(SecretScanner.Finds(Secret, Encoding.Unicode.GetBytes($"x{Secret}")));
        Assert.True(SecretScanner.Finds(Long, Encoding.UTF8.GetBytes($"cut: {Long[..36]}…")));
        Assert.True(
            SecretScanner.Finds(Long, Convert.ToBase64String(Encoding.UTF8.GetBytes(Long[30..])).Select(static c => (byte)c).ToArray())
        );
    }

    [Fact]
    public void Scan_OfSomethingElse_OrOfWhatIsAllowed_FindsNothing()
    {
        var scanner = new SecretScanner().Plant("stored text", Secret).Plant("secret", Long);

        scanner.Scan("a record", Secret, allowed: "stored");
        scanner.Scan("a log", "nothing of the kind");

        Assert.Empty(scanner.Findings);
    }
}
