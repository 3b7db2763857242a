using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Tests.Unit.Simulator.Tokens;

public sealed class FakeTokenTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    [Fact]
    public void Mint_Token_HasTheUpstreamsHeaderAndClaims()
    {
        var parts = FakeToken.Mint("a1 \"é\"", Now, TimeSpan.FromDays(7)).Split('.');

        Assert.Equal("""{"alg":"RS256","typ":"JWT"}""", Decode(parts[0]));
        using var claims = JsonDocument.Parse(Decode(parts[1]));
        Assert.Equal(["id", "email", "sub", "iat", "exp"], claims.RootElement.EnumerateObject().Select(claim => claim.Name));
        var id = claims.RootElement.GetProperty("id").GetString()!;
        Assert.Equal(FakeToken.AccountId("a1 \"é\""), id);
        Assert.True(NanoId.IsWellFormed(id));
        Assert.Equal(id, claims.RootElement.GetProperty("sub").GetString());
        Assert.Equal("1700000000.123", claims.RootElement.GetProperty("iat").GetRawText());
        Assert.Equal("1700604800", claims.RootElement.GetProperty("exp").GetRawText());
    }

    [Fact]
    public void Mint_Signature_HasTheLengthOfRs256AndSaysThatItIsFake()
    {
        var signature = Base64Url.DecodeFromChars(FakeToken.Mint("a1", Now, TimeSpan.FromDays(7)).Split('.')[2]);

        Assert.Equal(256, signature.Length);
        Assert.StartsWith("FAKE: made by FlowGpt.Simulator", Encoding.UTF8.GetString(signature), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_OfOneName_AreAlwaysTheSameAndDifferFromOthers()
    {
        Assert.Equal(FakeToken.AccountId("a1"), FakeToken.AccountId("a1"));
        Assert.Equal(FakeToken.DeviceId("a1"), FakeToken.DeviceId("a1"));
        Assert.Equal(3, new[] { FakeToken.AccountId("a1"), FakeToken.AccountId("a2"), FakeToken.DeviceId("a1") }.Distinct().Count());
        Assert.True(NanoId.IsWellFormed(FakeToken.DeviceId("a1")));
    }

    [Theory]
    [InlineData("Basic abc")]
    [InlineData("Bearer abc")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer e30.e30.e30")]
    [InlineData("Bearer e30.bnVsbA.e30")]
    [InlineData("Bearer e30..e30")]
    public void Read_NotATokenOfTheUpstream_IsNull(string header)
    {
        Assert.Null(new TokenReader().Read(header));
    }

    [Fact]
    public void Read_MintedToken_GivesItsClaims()
    {
        var reader = new TokenReader();
        var header = "Bearer " + FakeToken.Mint("a1", Now, TimeSpan.FromHours(1));

        var claims = reader.Read(header)!;

        Assert.Equal(new TokenClaims(FakeToken.AccountId("a1"), "a1@simulator.invalid", 1700000000.123, 1_700_003_600), claims);
        Assert.Same(claims, reader.Read(header));
    }

    private static string Decode(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));
}
