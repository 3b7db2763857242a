using FlowGpt.Tests.Cluster.Gateway;

namespace FlowGpt.Tests.Cluster.Keys;

/// <summary>A client key from its creation to its revocation, by HTTP, against the whole product.</summary>
[Collection(SharedGateway.Name)]
public sealed class ClientKeyTests(GatewayFixture fixture)
{
    private readonly KeyOperator _operator = new(fixture.Gateway.Http.BaseAddress!);

    [Fact]
    public async Task Key_CreatedUsedAndRevoked_IsServedAndThenRefused()
    {
        var made = await _operator.CreateAsync("""{"name":"ada","owner":"Ada"}""");
        var key = (string)made["key"]!;

        Assert.Equal(200, await _operator.ChatStatusAsync(key));
        var revoked = await _operator.SendAsync(HttpMethod.Delete, $"/admin/keys/{made["id"]}");
        Assert.Equal("revoked", (string?)revoked.Body["status"]);
        var refused = await _operator.ChatAsync(key);

        Assert.Equal((401, "invalid_api_key"), (refused.Status, (string?)refused.Body["error"]!["code"]));
        Assert.Contains("revoked", (string?)refused.Body["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_AfterItsCreation_IsShownNowhere()
    {
        var made = await _operator.CreateAsync("""{"name":"hidden"}""");
        var key = (string)made["key"]!;
        var id = (string)made["id"]!;

        var shown = await _operator.SendAsync(HttpMethod.Get, $"/admin/keys/{id}");
        var listed = await _operator.SendAsync(HttpMethod.Get, "/admin/keys?limit=1000");

        Assert.Equal("hidden", (string?)shown.Body["name"]);
        Assert.Null(shown.Body["key"]);
        Assert.Contains(listed.Body["data"]!.AsArray(), one => (string?)one!["id"] == id);
        Assert.DoesNotContain(key[^32..], shown.Body.ToJsonString() + listed.Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_Rotated_IsReplacedAtOnceOrAfterTheGrace()
    {
        var made = await _operator.CreateAsync("""{"name":"rotated"}""");
        var (first, rotate) = ((string)made["key"]!, $"/admin/keys/{made["id"]}/rotate");

        var second = (string)(await _operator.SendAsync(HttpMethod.Post, rotate, """{"graceSeconds":600}""")).Body["key"]!;
        Assert.Equal((200, 200), (await _operator.ChatStatusAsync(first), await _operator.ChatStatusAsync(second)));
        var third = (string)(await _operator.SendAsync(HttpMethod.Post, rotate)).Body["key"]!;

        Assert.Equal(
            (401, 401, 200),
            (await _operator.ChatStatusAsync(first), await _operator.ChatStatusAsync(second), await _operator.ChatStatusAsync(third))
        );
    }

    [Fact]
    public async Task Key_DisabledAndEnabled_IsRefusedMeanwhile()
    {
        var made = await _operator.CreateAsync("""{"name":"paused"}""");
        var (key, path) = ((string)made["key"]!, $"/admin/keys/{made["id"]}");

        var disabled = await _operator.SendAsync(HttpMethod.Patch, path, """{"enabled":false}""");
        Assert.Equal("disabled", (string?)disabled.Body["status"]);
        Assert.Equal(401, await _operator.ChatStatusAsync(key));
        Assert.Equal(200, (await _operator.SendAsync(HttpMethod.Patch, path, """{"enabled":true}""")).Status);

        Assert.Equal(200, await _operator.ChatStatusAsync(key));
    }

    [Fact]
    public async Task Key_WithAllowedModels_SeesAndUsesThoseOnly()
    {
        var made = await _operator.CreateAsync($$"""{"name":"narrow","allowedModels":["{{Gateway.Gateway.Model}}"]}""");
        var key = (string)made["key"]!;

        var models = await _operator.SendAsync(HttpMethod.Get, "/v1/models", key: key);
        var all = await _operator.SendAsync(HttpMethod.Get, "/v1/models", key: Gateway.Gateway.MasterKey);
        var other = all.Body["data"]!.AsArray().Select(model => (string)model!["id"]!).First(id => id != Gateway.Gateway.Model);
        var chat = await _operator.ChatAsync(key, other);
        var one = await _operator.SendAsync(HttpMethod.Get, $"/v1/models/{other}", key: key);

        Assert.Equal([Gateway.Gateway.Model], models.Body["data"]!.AsArray().Select(model => (string)model!["id"]!));
        Assert.Equal((404, "model_not_found"), (chat.Status, (string?)chat.Body["error"]!["code"]));
        Assert.Equal(404, one.Status);
        Assert.Equal(200, await _operator.ChatStatusAsync(key));
    }

    [Fact]
    public async Task Key_WithAnotherSecret_IsWrong()
    {
        var made = await _operator.CreateAsync("""{"name":"guessed"}""");
        var key = (string)made["key"]!;
        var guess = key[..^1] + (key[^1] == '0' ? '1' : '0');

        var refused = await _operator.ChatAsync(guess);

        Assert.Equal(401, refused.Status);
        Assert.StartsWith("Incorrect API key", (string?)refused.Body["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_WithClientKey_Is403()
    {
        var made = await _operator.CreateAsync("""{"name":"climber"}""");

        var refused = await _operator.SendAsync(HttpMethod.Get, "/admin/keys", key: (string)made["key"]!);

        Assert.Equal((403, "admin_key_required"), (refused.Status, (string?)refused.Body["error"]!["code"]));
    }
}
