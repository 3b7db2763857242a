using FlowGpt.Simulator.Signatures;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Unit.Simulator.Signatures;

public sealed class SignatureCheckerTests
{
    private const string Nonce = "0123456789abcdef0123456789abcdef";
    private const string Authorization = "Bearer x.y.z";
    private const string Device = "vSqKNw_72JUHVml3em3aL";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Theory]
    [InlineData(SignatureForm.DashAuthorization, "1700000000-0123456789abcdef0123456789abcdef-Bearer x.y.z")]
    [InlineData(SignatureForm.ConcatenatedDevice, "17000000000123456789abcdef0123456789abcdefvSqKNw_72JUHVml3em3aL")]
    [InlineData(SignatureForm.ColonDevice, "1700000000:0123456789abcdef0123456789abcdef:vSqKNw_72JUHVml3em3aL")]
    public void Check_EachForm_IsTheMd5OfItsInput(SignatureForm form, string input)
    {
#pragma warning disable CA5351 // The protocol's signature is an MD5.
        var hash = System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(input));
#pragma warning restore CA5351

        var verdict = Strict().Check(Headers("1700000000", Nonce, Convert.ToHexStringLower(hash)), Now);

        Assert.Equal(new SignatureVerdict(SignatureFault.None, form), verdict);
    }

    [Fact]
    public void Check_FormOtherThanTheRequiredOne_IsWrong()
    {
        var checker = Make(SignatureMode.Strict, SignatureForm.ColonDevice);

        Assert.Equal(SignatureFault.WrongSignature, checker.Check(Signed("1700000000", Nonce), Now).Fault);
    }

    [Theory]
    [InlineData("1699999700", SignatureFault.None)]
    [InlineData("1700000300", SignatureFault.None)]
    [InlineData("1699999699", SignatureFault.Skewed)]
    [InlineData("1700000301", SignatureFault.Skewed)]
    [InlineData("1700000000000", SignatureFault.Skewed)]
    [InlineData("soon", SignatureFault.Skewed)]
    [InlineData("-1", SignatureFault.Skewed)]
    public void Check_Timestamp_MayBe300SecondsOff(string timestamp, SignatureFault fault)
    {
        Assert.Equal(fault, Strict().Check(Signed(timestamp, Nonce), Now).Fault);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789abcdef")]
    [InlineData("0123456789abcdeg0123456789abcdef")]
    public void Check_NonceOfAnotherForm_IsMalformed(string nonce)
    {
        Assert.Equal(SignatureFault.MalformedNonce, Strict().Check(Signed("1700000000", nonce), Now).Fault);
    }

    [Fact]
    public void Check_NonceUsedBefore_IsReplayed()
    {
        var checker = Strict();

        Assert.Equal(SignatureFault.None, checker.Check(Signed("1700000000", Nonce), Now).Fault);
        Assert.Equal(SignatureFault.ReplayedNonce, checker.Check(Signed("1700000001", Nonce), Now).Fault);
    }

    [Theory]
    [InlineData("x-timestamp")]
    [InlineData("x-nonce")]
    [InlineData("x-signature")]
    public void Check_HeaderMissing_IsMissing(string header)
    {
        var headers = Signed("1700000000", Nonce);
        headers.Remove(header);

        Assert.Equal(SignatureFault.Missing, Strict().Check(headers, Now).Fault);
    }

    [Theory]
    [InlineData(SignatureMode.Off, new SignatureFault[0])]
    [InlineData(SignatureMode.Lenient, new[] { SignatureFault.WrongSignature })]
    [InlineData(
        SignatureMode.Strict,
        new[]
        {
            SignatureFault.Missing,
            SignatureFault.WrongSignature,
            SignatureFault.Skewed,
            SignatureFault.MalformedNonce,
            SignatureFault.ReplayedNonce,
        }
    )]
    public void Refuses_EachMode_RefusesTheseFaults(SignatureMode mode, SignatureFault[] refused)
    {
        Assert.Equal(refused, Enum.GetValues<SignatureFault>().Where(Make(mode, null).Refuses));
    }

    [Fact]
    public void Check_Off_LooksAtNothing()
    {
        Assert.Equal(default, Make(SignatureMode.Off, null).Check(new HeaderDictionary(), Now));
    }

    [Fact]
    public void Nonces_MoreThanTheCapacity_ForgetTheOldest()
    {
        var nonces = new NonceMemory(100);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(nonces.Add((UInt128)i));
        }

        Assert.Equal(100, nonces.Count);
        Assert.False(nonces.Add(9_999));
        Assert.True(nonces.Add(0));
    }

    private static SignatureChecker Strict() => Make(SignatureMode.Strict, null);

    private static SignatureChecker Make(SignatureMode mode, SignatureForm? form) =>
        new(mode, form, TimeSpan.FromSeconds(300), new NonceMemory(100));

    private static HeaderDictionary Signed(string timestamp, string nonce) =>
        Headers(timestamp, nonce, SignatureChecker.Sign(SignatureForm.DashAuthorization, timestamp, nonce, Authorization, Device));

    private static HeaderDictionary Headers(string timestamp, string nonce, string signature) =>
        new()
        {
            ["Authorization"] = Authorization,
            ["x-flow-device-id"] = Device,
            ["x-timestamp"] = timestamp,
            ["x-nonce"] = nonce,
            ["x-signature"] = signature,
        };
}
