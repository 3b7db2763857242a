using System.Net;
using System.Runtime.InteropServices;
using FlowGpt.Simulator.Behaviour;
using OpenAI.Embeddings;

namespace FlowGpt.Tests.Unit.Simulator.OpenAi;

/// <summary>Embeddings: forms of input and output, and what is counted.</summary>
public sealed class EmbeddingTests
{
    [Fact]
    public async Task Sdk_SeveralInputs_AreDeterministicUnitVectors()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        var sdk = client.Sdk().GetEmbeddingClient("sim-embed");

        var all = (
            await sdk.GenerateEmbeddingsAsync(
                ["one two", "three", "one two"],
                new EmbeddingGenerationOptions { Dimensions = 5 },
                OpenAiFaceClient.Deadline
            )
        ).Value;

        var vectors = all.Select(static one => one.ToFloats().ToArray()).ToArray();
        Assert.All(vectors, static vector => Assert.Equal(1, Math.Sqrt(vector.Sum(static x => (double)x * x)), 5));
        Assert.Equal(5, vectors[0].Length);
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
        Assert.Equal((5, 5), (all.Usage.InputTokenCount, client.Truth.PromptTokens));
        Assert.Equal((1, 0, 1), (client.Truth.EmbeddingRequests, client.Truth.ChatRequests, client.Truth.Accepted));
    }

    [Fact]
    public async Task Format_Base64AndFloat_AreTheSameVector()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var floats = (await VectorAsync("float")).EnumerateArray().Select(static value => value.GetSingle()).ToArray();
        var bytes = (await VectorAsync("base64")).GetBytesFromBase64();

        Assert.Equal(floats, MemoryMarshal.Cast<byte, float>(bytes).ToArray());

        async Task<System.Text.Json.JsonElement> VectorAsync(string format)
        {
            using var response = await client.SendAsync(
                HttpMethod.Post,
                "/v1/embeddings",
                $$"""{"model":"sim-embed","input":"hi","encoding_format":"{{format}}"}"""
            );
            return (await OpenAiFaceClient.JsonAsync(response)).GetProperty("data")[0].GetProperty("embedding");
        }
    }

    [Theory]
    [InlineData("[1,2,3]", 1, 3)]
    [InlineData("[[1,2],[3]]", 2, 3)]
    [InlineData("\"a b\"", 1, 2)]
    [InlineData("[\"a b\",\"c\"]", 2, 3)]
    public async Task Input_OfEveryForm_IsCounted(string input, int vectors, int tokens)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.SendAsync(HttpMethod.Post, "/v1/embeddings", $$"""{"model":"sim-embed","input":{{input}}}""");

        var reply = await OpenAiFaceClient.JsonAsync(response);
        Assert.Equal(vectors, reply.GetProperty("data").GetArrayLength());
        Assert.Equal(tokens, reply.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal(tokens, client.Truth.PromptTokens);
    }

    [Theory]
    [InlineData("""{"model":"sim-embed"}""", 400, "input")]
    [InlineData("""{"model":"sim-embed","input":[]}""", 400, "input")]
    [InlineData("""{"model":"sim-embed","input":["a",""]}""", 400, "input")]
    [InlineData("""{"model":"sim-embed","input":[1,"a"]}""", 400, "input")]
    [InlineData("""{"model":"sim-embed","input":"a","dimensions":0}""", 400, "dimensions")]
    [InlineData("""{"model":"sim-embed","input":"a","encoding_format":"hex"}""", 400, "encoding_format")]
    [InlineData("""{"model":"sim-large","input":"a"}""", 404, null)]
    public async Task Body_ThatIsWrong_IsRefusedByField(string body, int status, string? field)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.SendAsync(HttpMethod.Post, "/v1/embeddings", body);

        var error = await OpenAiFaceClient.ErrorAsync(response);
        Assert.Equal(((HttpStatusCode)status, field), (error.Status, error.Param));
        Assert.Equal(0, client.Truth.Accepted);
    }

    [Fact]
    public async Task Fault_OfTheEmbeddingsRoute_LeavesChatAlone()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        client.Host.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings { Kind = FaultKind.Unavailable, Route = FaultRoute.Embeddings },
            }
        );

        using var failed = await client.SendAsync(HttpMethod.Post, "/v1/embeddings", """{"model":"sim-embed","input":"a"}""");
        using var served = await client.AskAsync("hi");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (failed.StatusCode, served.StatusCode));
        Assert.Equal((1, 0), (client.Truth.CutByFault, client.Truth.Open));
    }
}
