using System.Net;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;

namespace FlowGpt.Tests.Unit.ApiFrontend.Cluster;

/// <summary>Addresses of Redis in every form that people write; an error never repeats an address that cannot be read.</summary>
public sealed class RedisAddressTests
{
    private const string Secret = "hidden-password";

    [Theory]
    [InlineData("redis:6379,password=hidden-password", "redis", 6379, null, Secret, false, null)]
    [InlineData("redis", "redis", 0, null, null, false, null)]
    [InlineData("redis://redis", "redis", 6379, null, null, false, null)]
    [InlineData("redis://:hidden-password@redis:6380/2", "redis", 6380, null, Secret, false, 2)]
    [InlineData("redis://hidden-password@redis:6380", "redis", 6380, null, Secret, false, null)]
    [InlineData("rediss://team:hidden-password@cache.example.org:6390", "cache.example.org", 6390, "team", Secret, true, null)]
    [InlineData("rediss://team:a%40b%2Fc%3A@cache.example.org", "cache.example.org", 6379, "team", "a@b/c:", true, null)]
    [InlineData("redis://redis:6379,password=hidden-password,ssl=true", "redis", 6379, null, Secret, true, null)]
    public void Parse_EachForm_IsRead(string text, string host, int port, string? user, string? password, bool isTls, int? database)
    {
        var read = RedisConnector.Parse(text);

        Assert.Equal(new DnsEndPoint(host, port), Assert.Single(read.EndPoints));
        Assert.Equal((user, password, isTls, database), (read.User, read.Password, read.Ssl, read.DefaultDatabase));
    }

    [Theory]
    [InlineData("redis:6379", "given", "given")]
    [InlineData("redis:6379", " ", null)]
    [InlineData("redis:6379,password=hidden-password", "given", Secret)]
    public void Parse_PasswordBesideTheAddress_IsUsedWhereTheAddressHasNone(string text, string password, string? expected) =>
        Assert.Equal(expected, RedisConnector.Parse(text, password).Password);

    [Fact]
    public void Parse_Sentinel_KeepsTheNameOfTheService()
    {
        var read = RedisConnector.Parse("sentinel-1:26379,sentinel-2:26379,serviceName=primary,password=hidden-password");

        Assert.Equal("primary", read.ServiceName);
        Assert.Equal(2, read.EndPoints.Count);
    }

    [Theory]
    [InlineData("password=hidden-password")]
    [InlineData("redis://:hidden-password@")]
    [InlineData("http://:hidden-password@redis:6379")]
    [InlineData("redis://:hidden-password#1@redis:6379")]
    [InlineData("redis://:hidden-password?@redis:6379")]
    [InlineData("redis://:hidden-password@redis:6379/first")]
    [InlineData("redis://:hidden-password/2@redis:6379")]
    [InlineData(":hidden-password@redis:6379")]
    [InlineData("redis:6379,passwort=hidden-password")]
    [InlineData("redis:6379,ssl=hidden-password")]
    public void Parse_WhatIsNoAddress_IsRefusedWithoutRepeatingIt(string text)
    {
        var refused = Assert.Throws<StartupException>(() => RedisConnector.Parse(text));

        var problem = Assert.Single(refused.Problems);
        Assert.StartsWith("REDIS_CONNECTION: cannot be read: ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# Memory\r\nused_memory:1\r\nmaxmemory_policy:allkeys-lru\r\nx:1\r\n", "allkeys-lru")]
    [InlineData("# Memory\r\nmaxmemory_policy:noeviction", "noeviction")]
    [InlineData("# Memory\r\nmaxmemory_policyx:noeviction", null)]
    [InlineData("", null)]
    public void PolicyIn_AnswerOfInfo_IsReadByLine(string info, string? policy) => Assert.Equal(policy, RedisEviction.PolicyIn(info));
}
