using FlowGpt.Grains.Upstreams.FlowGpt;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

public sealed class RequestSignerTests
{
    // Computed with md5sum from "1700000000-0123…-Bearer abc", "17000000000123…device" and "1700000000:0123…:device".
    [Theory]
    [InlineData(SignatureForm.DashAuthorization, "e3a513496455a648f8662d2d53b3814c")]
    [InlineData(SignatureForm.ConcatenatedDevice, "cd17a5fa441064c6a9d520cfb1faf09f")]
    [InlineData(SignatureForm.ColonDevice, "95aab552eeebfe05349a75fa67bc9b60")]
    public void Sign_KnownInput_GivesItsMd5(SignatureForm form, string expected) =>
        Assert.Equal(expected, RequestSigner.Sign(form, "1700000000", "0123456789abcdef0123456789abcdef", "Bearer abc", "device"));

    /// <summary>Defect 7 of the original proxy: a nonce from a biased source that is not a cryptographic one.</summary>
    [Fact]
    public void NewNonce_ManyTimes_IsUnbiasedHexAndNeverRepeats()
    {
        var nonces = Enumerable.Range(0, 4000).Select(_ => RequestSigner.NewNonce()).ToList();

        Assert.All(nonces, nonce => Assert.Matches("^[0-9a-f]{32}$", nonce));
        Assert.Equal(nonces.Count, nonces.Distinct().Count());

        // 128,000 characters, 8,000 of each expected; the chi-squared statistic of 15 degrees of freedom exceeds 80 once in 10^10 runs.
        var counts = nonces.SelectMany(nonce => nonce).GroupBy(character => character).Select(group => group.Count()).ToList();
        Assert.Equal(16, counts.Count);
        Assert.InRange(counts.Sum(count => Math.Pow(count - 8000, 2) / 8000), 0, 80);
    }

    [Theory]
    [InlineData("dash-authorization", SignatureForm.DashAuthorization)]
    [InlineData("Concatenated-Device", SignatureForm.ConcatenatedDevice)]
    [InlineData("colon-device", SignatureForm.ColonDevice)]
    public void TryParse_Name_GivesTheForm(string name, SignatureForm form)
    {
        Assert.True(SignatureForms.TryParse(name, out var parsed));
        Assert.Equal(form, parsed);
    }

    [Fact]
    public void Names_All_AreParsed() => Assert.All(SignatureForms.Names, name => Assert.True(SignatureForms.TryParse(name, out _)));
}
