using System.Net;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.ApiFrontend.Security;

public sealed class TrustedProxiesTests
{
    [Theory]
    // No proxy is trusted unless configured.
    [InlineData("", "10.0.0.1", "203.0.113.7", "10.0.0.1")]
    [InlineData("127.0.0.0/8", "203.0.113.9", "203.0.113.7", "203.0.113.9")]
    // A trusted proxy's header counts, in every notation of the proxy's address.
    [InlineData("127.0.0.0/8", "127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.5", "10.0.0.5", "203.0.113.7", "203.0.113.7")]
    // What a client wrote into the header is further left, and is ignored.
    [InlineData("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "nonsense", "10.0.0.1")]
    [InlineData("10.0.0.0/8", "10.0.0.1", null, "10.0.0.1")]
    // One client has all of a /64.
    [InlineData("", "2001:db8:1:2:3:4:5:6", null, "2001:db8:1:2::")]
    [InlineData("::1", "::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public async Task NetworkOf_Request_IsOfTheNearestAddressThatIsNoTrustedProxy(
        string trusted,
        string remote,
        string? forwarded,
        string client
    )
    {
        var request = await ForwardAsync(trusted, remote, forwarded);

        Assert.Equal(IPAddress.Parse(client), ClientAddress.NetworkOf(request.Context));
    }

    [Theory]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7", "::ffff:203.0.113.7")]
    [InlineData("127.0.0.1", "1.1.1.1, 2001:db8::5", "2001:db8::5", "1.1.1.1, 2001:db8::5")]
    [InlineData("203.0.113.9", "203.0.113.7", "203.0.113.9", null)]
    [InlineData("127.0.0.1", null, "127.0.0.1", null)]
    public async Task AddressAndClaim_OfARequest_AreTheProxysWordOnlyWhenItIsTrusted(
        string remote,
        string? forwarded,
        string address,
        string? claim
    )
    {
        var request = await ForwardAsync("127.0.0.0/8", remote, forwarded);

        Assert.Equal((IPAddress.Parse(address), claim), (ClientAddress.Of(request.Context), request.ForwardedFor));
    }

    [Theory]
    [InlineData("127.0.0.1", "https", "/gateway")]
    [InlineData("203.0.113.9", "http", "")]
    public async Task SchemeAndPrefix_AreTheProxysWordOnlyWhenItIsTrusted(string remote, string scheme, string prefix)
    {
        var request = await ForwardAsync(
            "127.0.0.0/8",
            remote,
            "203.0.113.7",
            static headers =>
            {
                headers["X-Forwarded-Proto"] = "https";
                headers["X-Forwarded-Prefix"] = "/gateway";
            }
        );

        Assert.Equal((scheme, prefix), (request.Context.Request.Scheme, request.Context.Request.PathBase.Value));
    }

    private static async Task<ApiRequest> ForwardAsync(
        string trusted,
        string remote,
        string? forwarded,
        Action<IHeaderDictionary>? more = null
    )
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        if (forwarded is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        }

        more?.Invoke(context.Request.Headers);
        var request = new ApiRequest(context, "req_test", TimeProvider.System);
        var options = new ForwardedHeadersOptions();
        TrustedProxies.Apply(options, trusted);
        var middleware = new ForwardedHeadersMiddleware(
            static _ => Task.CompletedTask,
            NullLoggerFactory.Instance,
            Options.Create(options)
        );
        await middleware.Invoke(context);
        return request;
    }
}
