using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.Simulator.Hosting;

public sealed class SimulatorHostTests
{
    [Fact]
    public async Task Start_Twice_RunsTwoThatKnowNothingOfEachOther()
    {
        await using var one = await SimulatorClient.StartAsync();
        await using var two = await SimulatorClient.StartAsync();

        await one.TextAsync("a1", "hi");

        Assert.NotEqual(one.Host.Address, two.Host.Address);
        Assert.Equal((1, 0), ((int)one.Host.Truth.Snapshot().Accepted, (int)two.Host.Truth.Snapshot().Accepted));
    }

    [Fact]
    public async Task Start_OptionsOutOfRange_NamesEveryProblem()
    {
        var options = new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0;ftp://x",
            ExchangeCapacity = 0,
            NonceCapacity = 0,
            TokenLifetime = TimeSpan.Zero,
            SignatureSkew = TimeSpan.FromSeconds(-1),
            DefaultLimits = new AccountLimits { RequestsPerDay = 0 },
            Behaviour = new BehaviourSettings { Prefix = "nobody" },
        };

        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            SimulatorHost.StartAsync(options, SimulatorClient.Deadline)
        );

        string[] fields =
        [
            "Behaviour.prefix",
            "DefaultLimits.requestsPerDay",
            "ExchangeCapacity",
            "NonceCapacity",
            "SignatureSkew",
            "TokenLifetime",
            "Urls",
        ];
        Assert.Equal(fields, thrown.Failures.Select(failure => failure.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8089", "127.0.0.1", 8089)]
    [InlineData("http://localhost:0", "127.0.0.1", 0)]
    [InlineData("http://*:5000", "0.0.0.0", 5000)]
    [InlineData("http://+:5000/", "0.0.0.0", 5000)]
    [InlineData("http://[::1]:5000", "::1", 5000)]
    public void ListenAddress_OfAUrl_IsRead(string url, string address, int port)
    {
        var listen = ListenAddress.Parse(url)!;

        Assert.Equal((address, port), (listen.Address.ToString(), listen.Port));
    }

    [Theory]
    [InlineData("https://127.0.0.1:1")]
    [InlineData("http://example.com:1")]
    [InlineData("http://127.0.0.1:1/path")]
    [InlineData("8089")]
    public void ListenAddress_OfSomethingElse_IsNull(string url)
    {
        Assert.Null(ListenAddress.Parse(url));
    }

    [Fact]
    public async Task Root_Asked_ExplainsItself()
    {
        await using var client = await SimulatorClient.StartAsync();

        var text = await client.Http.GetStringAsync("/", SimulatorClient.Deadline);

        Assert.StartsWith($"Simulator at {client.Host.Address}".TrimEnd('/'), text, StringComparison.Ordinal);
    }
}
