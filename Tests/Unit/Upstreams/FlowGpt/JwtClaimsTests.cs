using System.Buffers.Text;
using System.Text;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

public sealed class JwtClaimsTests
{
    [Fact]
    public void Read_TokenAsTheServiceMakesIt_GivesIdAndExpiry()
    {
        var claims = JwtClaims.Read(
            Jwt("""{"id":"V1StGXR8_Z5jdHi6B-myT","email":"a@b.c","sub":"V1StGXR8_Z5jdHi6B-myT","iat":1700000000.123,"exp":1700604800}""")
        );

        Assert.Equal("V1StGXR8_Z5jdHi6B-myT", claims.Id);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700604800), claims.ExpiresAt);
    }

    [Theory]
    [InlineData("""{"id":7,"exp":"soon"}""")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"exp":1e300}""")]
    [InlineData("""{"exp":-1}""")]
    [InlineData("""{"nested":{"id":"x","exp":1}}""")]
    [InlineData("""["id"]""")]
    [InlineData("")]
    [InlineData("""{"id":"\ud800"}""")]
    public void Read_ClaimsMissingOrOfAnotherKind_AreNull(string payload) => Assert.Equal(JwtClaims.None, JwtClaims.Read(Jwt(payload)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("opaque")]
    [InlineData(".")]
    [InlineData("a.b")]
    [InlineData("a.!!!.c")]
    [InlineData("a.e30")]
    [InlineData("..")]
    public void Read_NotAJwt_IsNone(string? token) => Assert.Equal(JwtClaims.None, JwtClaims.Read(token));

    [Fact]
    public void Read_PaddedAndUnsigned_IsRead() => Assert.Equal("u", JwtClaims.Read($"x.{Convert.ToBase64String("""{"id":"u"}"""u8)}").Id);

    [Property(MaxTest = 500)]
    public void Read_AnyText_NeverThrows(string? token) => Assert.NotNull(JwtClaims.Read(token));

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    [InlineData(101, true)]
    public void IsExpired_AroundItsEnd_IsExact(long now, bool expired) =>
        Assert.Equal(expired, JwtClaims.Read(Jwt("""{"exp":100}""")).IsExpired(DateTimeOffset.FromUnixTimeSeconds(now)));

    [Fact]
    public void IsExpired_NoExpiry_IsNever() => Assert.False(JwtClaims.None.IsExpired(DateTimeOffset.MaxValue));

    [Fact]
    public void ToString_AnyToken_HidesTheId() =>
        Assert.DoesNotContain("user", JwtClaims.Read(Jwt("""{"id":"user"}""")).ToString(), StringComparison.Ordinal);

    private static string Jwt(string payload) => $"eyJhbGciOiJSUzI1NiJ9.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.c2ln";
}
