using System.Net;
using FlowGpt.ApiFrontend.Security;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Unit.ApiFrontend.Security;

public sealed class TrustedProxiesTests
{
    [Theory]
    // Nobody is trusted unless configured.
    [InlineData("", "10.0.0.1", "203.0.113.7", "10.0.0.1")]
    [InlineData("127.0.0.0/8", "203.0.113.9", "203.0.113.7", "203.0.113.9")]
    // A trusted proxy's word is taken, however its address is written.
    [InlineData("127.0.0.0/8", "127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.5", "10.0.0.5", "203.0.113.7", "203.0.113.7")]
    // What a client wrote into the header itself stands further left, and counts for nothing.
    [InlineData("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "nonsense", "10.0.0.1")]
    [InlineData("10.0.0.0/8", "10.0.0.1", null, "10.0.0.1")]
    // One client has all of a /64.
    [InlineData("", "2001:db8:1:2:3:4:5:6", null, "2001:db8:1:2::")]
    [InlineData("::1", "::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void ClientOf_Request_IsTheNearestAddressThatIsNoTrustedProxy(string trusted, string remote, string? forwarded, string client)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        if (forwarded is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        }

        Assert.Equal(IPAddress.Parse(client), new TrustedProxies(trusted).ClientOf(context));
    }

    [Theory]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7", "::ffff:203.0.113.7")]
    [InlineData("127.0.0.1", "1.1.1.1, 2001:db8::5", "2001:db8::5", "1.1.1.1, 2001:db8::5")]
    [InlineData("203.0.113.9", "203.0.113.7", "203.0.113.9", null)]
    [InlineData("127.0.0.1", null, "127.0.0.1", null)]
    public void AddressAndClaim_OfARequest_AreTheProxysWordOnlyWhenItIsTrusted(
        string remote,
        string? forwarded,
        string address,
        string? claim
    )
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        if (forwarded is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        }

        var proxies = new TrustedProxies("127.0.0.0/8");

        Assert.Equal((IPAddress.Parse(address), claim), (proxies.AddressOf(context), proxies.ClaimOf(context)));
    }
}
