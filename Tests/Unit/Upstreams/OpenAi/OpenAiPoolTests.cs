using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Http;
using FlowGpt.Grains.Upstreams.OpenAi;
using static FlowGpt.Tests.Unit.Upstreams.OpenAi.OpenAiCalls;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

public sealed class OpenAiPoolTests
{
    private static readonly PoolDefinition Azure = Definition("https://x.example.com/") with
    {
        KeyHeader = "api-key",
        KeyScheme = "",
        Query = ImmutableDictionary<string, string>.Empty.Add("api-version", "2024-10-21"),
        Paths = ImmutableDictionary<string, string>.Empty.Add("chat", "/openai/deployments/{model}/chat/completions"),
    };

    [Fact]
    public void AddressOf_NoOptions_IsOpenAi() =>
        Assert.Equal("https://api.openai.com/v1/chat/completions", new OpenAiPool(Definition()).AddressOf("chat", "m").AbsoluteUri);

    [Theory]
    [InlineData("gpt 4/o", "https://x.example.com/openai/deployments/gpt%204%2Fo/chat/completions?api-version=2024-10-21")]
    [InlineData("..", "https://x.example.com/openai/deployments/%252E%252E/chat/completions?api-version=2024-10-21")]
    [InlineData(
        "../../evil?x#y",
        "https://x.example.com/openai/deployments/..%2F..%2Fevil%3Fx%23y/chat/completions?api-version=2024-10-21"
    )]
    public void AddressOf_AnyModel_StaysInItsPlace(string model, string expected) =>
        Assert.Equal(expected, new OpenAiPool(Azure).AddressOf("chat", model).AbsoluteUri);

    [Fact]
    public void Authorize_PoolOfAzure_HasTheKeyInItsHeaderAlone()
    {
        using var request = new HttpRequestMessage();

        new OpenAiPool(Azure).Authorize(request, Credential());

        Assert.Equal("sk-1", Assert.Single(request.Headers.GetValues("api-key")));
        Assert.False(request.Headers.Contains("Authorization"));
    }

    [Fact]
    public void Authorize_OperatorsHeaders_NeverReplaceTheKey()
    {
        using var request = new HttpRequestMessage();
        var pool = Definition() with { Headers = ImmutableDictionary<string, string>.Empty.Add("OpenAI-Organization", "org") };
        var credential = Credential() with
        {
            ExtraHeaders = ImmutableDictionary<string, string>.Empty.Add("Authorization", "Bearer other").Add("X-Title", "t"),
        };

        new OpenAiPool(pool).Authorize(request, credential);

        Assert.Equal("Bearer sk-1", request.Headers.Authorization!.ToString());
        Assert.Equal(["org", "t"], [.. request.Headers.GetValues("OpenAI-Organization"), .. request.Headers.GetValues("X-Title")]);
    }

    [Fact]
    public void Authorize_CredentialOfAnotherPool_Throws()
    {
        using var request = new HttpRequestMessage();

        Assert.Throws<InvalidOperationException>(() => new OpenAiPool(Definition()).Authorize(request, Credential(pool: "other")));
        Assert.Empty(request.Headers);
    }

    [Fact]
    public void Problems_GoodPools_AreNone()
    {
        Assert.Empty(OpenAiPoolRules.Problems(Definition()));
        Assert.Empty(OpenAiPoolRules.Problems(Azure with { Wire = "chat", Quirks = [.. OpenAiQuirks.All] }));
    }

    [Fact]
    public void Problems_BadPool_ListsEachByItsField()
    {
        var pool = Definition("ftp://u@host/?x", "no_such_knob") with
        {
            KeyHeader = "Host",
            KeyScheme = "two words",
            Headers = ImmutableDictionary<string, string>.Empty.Add("Authorization", "x").Add("X-A", "a\nb"),
            Paths = ImmutableDictionary<string, string>.Empty.Add("chat", "//evil/x").Add("embeddings", "/a/../b").Add("images", "/x"),
            Wire = "grpc",
        };

        Assert.Equal(
            [
                "baseUrl",
                "headers.Authorization",
                "headers.X-A",
                "keyHeader",
                "keyScheme",
                "paths.chat",
                "paths.embeddings",
                "paths.images",
                "quirks",
                "wire",
            ],
            OpenAiPoolRules.Problems(pool).Select(static problem => problem.Field).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("/openai/deployments/{deployment}/chat/completions", false)]
    [InlineData("/openai/{model/chat", false)]
    [InlineData("/openai/deployments/{model}/chat/completions", true)]
    public void Problems_PathTemplate_OnlyTheModelIsAPlaceholder(string path, bool isGood) =>
        Assert.Equal(
            isGood ? [] : ["paths.chat"],
            OpenAiPoolRules
                .Problems(Definition() with { Paths = ImmutableDictionary<string, string>.Empty.Add("chat", path) })
                .Select(static problem => problem.Field)
        );

    [Theory]
    [InlineData("reasoningField", "reasoning_content", null)]
    [InlineData("reasoningField", "reasoning", null)]
    [InlineData("reasoningField", "thoughts", "\"thoughts\" is unknown; use one of reasoning_content, reasoning")]
    [InlineData("reasoning", "reasoning", "is not known to pools of kind openai; use reasoningField or remove it")]
    public void Problems_TargetOptions_AreCheckedWithTheirValues(string name, string value, string? expected)
    {
        var target = new Target("p", "m") { Options = ImmutableDictionary<string, string>.Empty.Add(name, value) };

        Assert.Equal(expected, OpenAiPoolRules.Problems(target).SingleOrDefault()?.Problem);
    }

    [Theory]
    [InlineData("https://host.test", "https://host.test/v1/models")]
    [InlineData("https://host.test/api/", "https://host.test/api/v1/models")]
    [InlineData("https://host.test/v1", null)]
    [InlineData("https://host.test/v1/", null)]
    public void VersionedModels_OnlyOfAnAddressWithoutVersion(string address, string? expected) =>
        Assert.Equal(expected, new OpenAiPool(Definition(address)).VersionedModels?.ToString());

    [Fact]
    public void CapabilitiesOf_Models_FollowNamesAndQuirks()
    {
        var all = OpenAiCapabilities.Of(Definition(), "gpt-x");
        Assert.True(
            all.HasFlag(ModelCapabilities.Tools | ModelCapabilities.JsonSchema | ModelCapabilities.Images | ModelCapabilities.OutputLimit)
        );
        Assert.False(all.HasFlag(ModelCapabilities.Embeddings));
        Assert.Equal(ModelCapabilities.Embeddings, OpenAiCapabilities.Of(Definition(), "text-embedding-3-small"));
        Assert.False(OpenAiCapabilities.Of(Definition(null, "tools", "images"), "m").HasFlag(ModelCapabilities.Tools));
        Assert.False(
            OpenAiCapabilities.Of(Definition(null, "max_tokens", "max_completion_tokens"), "m").HasFlag(ModelCapabilities.OutputLimit)
        );
    }

    [Theory]
    [InlineData(" Bearer sk-abc ", "sk-abc")]
    [InlineData("OPENAI_API_KEY=\"sk-abc\"", "sk-abc")]
    [InlineData("sk-abc", "sk-abc")]
    public void Clean_PastedKey_IsTheKey(string pasted, string expected) =>
        Assert.Equal(expected, new OpenAiCredentialSchema().Clean("apiKey", pasted));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("schlüssel")]
    public void ProblemOf_BadKey_IsNamedWithoutTheKey(string key)
    {
        var problem = new OpenAiCredentialSchema().ProblemOf("apiKey", key);

        Assert.NotNull(problem);
        Assert.True(key.Length == 0 || !problem.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_ModelList_GivesNamesAndContext()
    {
        var list = ModelList.Read(
            """
            {"object":"list","data":[{"id":"a","context_length":1000,"owned_by":"x"},{"id":"b","max_model_len":2000},{"id":"a"},
            {"id":"c","meta":{"n_ctx":3000}},{"id":""},{"id":"d","context_window":"many"},7]}
            """u8.ToArray()
        );

        Assert.Equal([new DiscoveredModel("a", 1000, "x"), new("b", 2000, null), new("c", 3000, null), new("d", null, null)], list);
        Assert.Null(ModelList.Read("""{"error":{}}"""u8.ToArray()));
    }
}
