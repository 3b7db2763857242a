using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A credential of one pool never reaches another address, also with wrong routes of every form.</summary>
public sealed class CredentialReachTests
{
    private const string First = "sk-secret-of-the-first-pool";
    private const string Second = "sk-secret-of-the-second-pool";
    private const string Third = "secret-of-the-flowgpt-pool";

    private const string Fourth = "secret-of-the-anthropic-pool";

    private static readonly string[] Pools = ["first", "second", "third", "fourth"];

    [Fact]
    public async Task WrongRoutesOfEveryForm_SendEachSecretToItsOwnAddressAlone()
    {
        await using var first = await Listener.StartAsync();
        await using var second = await Listener.StartAsync();
        await using var third = await Listener.StartAsync();
        await using var fourth = await Listener.StartAsync();
        var names = WrongNames(second.Address);
        await using var gateway = await Gateway.StartWithFileAsync(_ => new
        {
            pools = new
            {
                first = new
                {
                    kind = "openai",
                    baseUrl = $"{first.Address}/v1",
                    discover = true,
                    paths = new { chat = "/deployments/{model}/chat" },
                },
                second = new { kind = "openai", baseUrl = $"{second.Address}/v1" },
                third = new { kind = "flowgpt", baseUrl = third.Address },
                fourth = new
                {
                    kind = "anthropic",
                    baseUrl = fourth.Address,
                    discover = true,
                },
            },
            accounts = new object[]
            {
                new
                {
                    name = "f1",
                    pool = "first",
                    apiKey = First,
                },
                new
                {
                    name = "s1",
                    pool = "second",
                    apiKey = Second,
                },
                new
                {
                    name = "t1",
                    pool = "third",
                    bearerToken = Third,
                },
                new
                {
                    name = "a1",
                    pool = "fourth",
                    apiKey = Fourth,
                },
            },
            models = Pools
                .SelectMany(pool => names.Select((name, i) => Route($"{pool}-{i}", [(pool, name)])))
                .Append(Route("all", [("first", "m"), ("second", "m"), ("third", "m"), ("fourth", "m")])),
        });

        var ids = Enumerable.Range(0, names.Length).SelectMany(static i => Pools.Select(pool => $"{pool}-{i}")).Append("all");
        foreach (var id in ids)
        {
            Assert.InRange((await gateway.ChatAsync(new ChatBody("hi") { Model = id })).Status, 400, 599);
        }

        // Each server got a request, so that the absence of the others' secrets is meaningful.
        first.AssertSaw(First, Second, Third, Fourth);
        second.AssertSaw(Second, First, Third, Fourth);
        third.AssertSaw(Third, First, Second, Fourth);
        fourth.AssertSaw(Fourth, First, Second, Third);
        Assert.Empty(gateway.Simulator.Truth.Exchanges());
    }

    /// <summary>Model names that could send a careless client to another address.</summary>
    private static string[] WrongNames(string elsewhere) =>
        [
            "plain",
            $"{elsewhere}/v1",
            $"//{new Uri(elsewhere).Authority}/v1/chat/completions",
            $"@{new Uri(elsewhere).Authority}/",
            "../../second/model",
            "second/model",
            "..%2f..%2fsecond",
            "model?x=1#y",
        ];

    private static object Route(string id, (string Pool, string Model)[] targets) =>
        new
        {
            id,
            targets = targets.Select(
                static (target, order) =>
                    new
                    {
                        pool = target.Pool,
                        model = target.Model,
                        order,
                    }
            ),
        };

    /// <summary>A server that records every request and refuses it.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _seen = new();
        private WebApplication _application = null!;

        public string Address => _application.Urls.First();

        public static async Task<Listener> StartAsync()
        {
            var listener = new Listener();
            listener._application = await StandInServer.StartAsync(listener.RefuseAsync);
            return listener;
        }

        public void AssertSaw(string own, params string[] others)
        {
            Assert.Contains(_seen, request => request.Contains(own, StringComparison.Ordinal));
            Assert.All(others, other => Assert.DoesNotContain(_seen, request => request.Contains(other, StringComparison.Ordinal)));
        }

        public ValueTask DisposeAsync() => _application.DisposeAsync();

        private Task RefuseAsync(HttpContext context, string body)
        {
            _seen.Enqueue($"{context.Request.GetEncodedUrl()}\n{string.Join('\n', context.Request.Headers)}\n{body}");
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }
    }
}
