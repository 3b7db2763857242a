using System.Net;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Simulator.Signatures;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Simulator.Signatures;

public sealed class SignatureModeTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    [Theory]
    [InlineData(SignatureMode.Off, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData(SignatureMode.Lenient, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(SignatureMode.Strict, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Mode_MissingOrWrong_IsRefusedAsDocumented(SignatureMode mode, HttpStatusCode missing, HttpStatusCode wrong)
    {
        await using var client = await StartAsync(mode);

        Assert.Equal(missing, await StatusAsync(client, request => request.Headers.Remove("x-signature")));
        Assert.Equal(wrong, await StatusAsync(client, request => request.Headers.TryAddWithoutValidation("x-signature", "0")));

        var truth = client.Host.Truth.Account("a1");
        Assert.Equal(mode == SignatureMode.Off ? 0 : 1, truth.SignatureFaults.GetValueOrDefault(SignatureFault.Missing));
        Assert.Equal(mode == SignatureMode.Off ? 0 : 1, truth.SignatureFaults.GetValueOrDefault(SignatureFault.WrongSignature));
        Assert.Equal(2, truth.Accepted + truth.Rejected.GetValueOrDefault(RejectReason.BadSignature));
    }

    [Fact]
    public async Task Strict_SameNonceTwice_IsServedOnce()
    {
        await using var client = await StartAsync(SignatureMode.Strict);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Sign));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, Sign));

        var truth = client.Host.Truth.Account("a1");
        Assert.Equal(1, truth.SignatureFaults[SignatureFault.ReplayedNonce]);
        Assert.Equal(2, truth.SignatureForms[SignatureForm.DashAuthorization]);
        Assert.Equal(1, truth.Accepted);
    }

    private static void Sign(HttpRequestMessage request) =>
        request.Headers.TryAddWithoutValidation(
            "x-signature",
            SignatureChecker.Sign(
                SignatureForm.DashAuthorization,
                "1700000000",
                new string('a', 32),
                request.Headers.Authorization!.ToString(),
                ""
            )
        );

    private static async Task<HttpStatusCode> StatusAsync(SimulatorClient client, Action<HttpRequestMessage> change)
    {
        using var response = await client.SendAsync(
            "a1",
            SimulatorClient.Question("hi"),
            request =>
            {
                request.Headers.TryAddWithoutValidation("x-timestamp", "1700000000");
                request.Headers.TryAddWithoutValidation("x-nonce", new string('a', 32));
                change(request);
            }
        );
        return response.StatusCode;
    }

    private Task<SimulatorClient> StartAsync(SignatureMode mode) =>
        SimulatorClient.StartAsync(new SimulatorOptions { TimeProvider = _clock, SignatureMode = mode });
}
