using System.Buffers;
using System.Text;
using FlowGpt.ApiFrontend.Admin.Keys;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Keys;

public sealed class KeySettingsReaderTests
{
    [Theory]
    [InlineData("{}", "name", "missing_required_parameter")]
    [InlineData("""{"name":""}""", "name", "invalid_value")]
    [InlineData("""{"name":null}""", "name", "missing_required_parameter")]
    [InlineData("""{"name":7}""", "name", "invalid_type")]
    [InlineData("""{"name":"a\nb"}""", "name", "invalid_value")]
    [InlineData("""{"name":"a","owner":""}""", "owner", "invalid_value")]
    [InlineData("""{"name":"a","expiresAt":"tomorrow"}""", "expiresAt", "invalid_value")]
    [InlineData("""{"name":"a","expiresAt":"2027-01-31T00:00:00"}""", "expiresAt", "invalid_value")]
    [InlineData("""{"name":"a","expiresAt":1}""", "expiresAt", "invalid_type")]
    [InlineData("""{"name":"a","allowedModels":[]}""", "allowedModels", "invalid_value")]
    [InlineData("""{"name":"a","allowedModels":"gpt"}""", "allowedModels", "invalid_type")]
    [InlineData("""{"name":"a","allowedPools":["p",7]}""", "allowedPools[1]", "invalid_type")]
    [InlineData("""{"name":"a","limits":[]}""", "limits", "invalid_type")]
    [InlineData("""{"name":"a","limits":{"requestsPerMinute":0}}""", "limits.requestsPerMinute", "integer_below_min_value")]
    [InlineData("""{"name":"a","limits":{"tokensPerDay":1.5}}""", "limits.tokensPerDay", "invalid_type")]
    [InlineData("""{"name":"a","limits":{"rpm":1}}""", "limits.rpm", "unknown_parameter")]
    [InlineData("""{"name":"a","enabled":"yes"}""", "enabled", "invalid_type")]
    [InlineData("""{"name":"a","models":["x"]}""", "models", "unknown_parameter")]
    [InlineData("""[]""", null, "invalid_json")]
    [InlineData("""{"name":"a",""", null, "invalid_json")]
    public void Read_BadField_IsNamed(string body, string? param, string code)
    {
        var settings = new ApiKeySettings();

        var error = Read(body, ref settings);

        Assert.Equal((400, param, code), (error!.Status, error.Param, error.Code));
    }

    [Fact]
    public void Read_SeveralBadFields_AreAllNamed()
    {
        var settings = new ApiKeySettings();

        var error = Read("""{"name":[{}],"limits":{"rpm":{"a":1},"tokensPerDay":0},"owner":5,"enabled":true}""", ref settings);

        Assert.Equal("name", error!.Param);
        Assert.All(
            (string[])["'name'", "'limits.rpm'", "'limits.tokensPerDay'", "'owner'"],
            field => Assert.Contains(field, error.Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Read_OverWhatThereIs_ChangesWhatIsNamedAndClearsWithNull()
    {
        var settings = new ApiKeySettings();
        const string First = """
            {"name":" Ada ","owner":"ada@example.com","expiresAt":"2027-01-31T01:00:00+01:00","allowedModels":["a","b","a"],
             "limits":{"requestsPerMinute":3,"tokensPerDay":1000},"enabled":false}
            """;

        Assert.Null(Read(First, ref settings));
        Assert.Null(Read("""{"owner":null,"limits":{"requestsPerMinute":null,"maxConcurrentRequests":2}}""", ref settings));

        Assert.Equal(("Ada", null, false), (settings.Name, settings.Owner, settings.Enabled));
        Assert.Equal(new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero), settings.ExpiresAt);
        Assert.Equal(["a", "b"], settings.AllowedModels);
        Assert.Equal(new ApiKeyLimits { TokensPerDay = 1000, MaxConcurrentRequests = 2 }, settings.Limits);
        Assert.Null(Read("""{"limits":null,"allowedModels":null,"expiresAt":null}""", ref settings));
        Assert.True(settings.Limits.AreNone && settings.AllowedModels.IsEmpty && settings.ExpiresAt is null);
    }

    private static ApiError? Read(string body, ref ApiKeySettings settings) =>
        KeySettingsReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), ref settings);
}
