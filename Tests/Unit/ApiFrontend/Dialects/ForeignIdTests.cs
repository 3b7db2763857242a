using System.Text;
using System.Text.RegularExpressions;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects;

/// <summary>An id of another client is answered as an id that nobody has made, and no grain is asked about either: time and load tell nothing.</summary>
public sealed partial class ForeignIdTests
{
    private static readonly (string Method, string Path, string? Body)[] Requests =
    [
        ("GET", "/v1/responses/resp_ID", null),
        ("GET", "/v1/responses/resp_ID?stream=true", null),
        ("GET", "/v1/responses/resp_ID/input_items", null),
        ("POST", "/v1/responses/resp_ID/cancel", "{}"),
        ("DELETE", "/v1/responses/resp_ID", null),
        ("POST", "/v1/responses", """{"model":"gpt-4-free","input":"x","previous_response_id":"resp_ID"}"""),
        ("POST", "/v1/responses", """{"model":"gpt-4-free","input":"x","conversation":"conv_ID"}"""),
        ("POST", "/v1/responses", """{"model":"gpt-4-free","input":[{"type":"item_reference","id":"msg_ITEM"}]}"""),
        ("POST", "/v1/responses/input_tokens", """{"model":"gpt-4-free","input":"x","previous_response_id":"resp_ID"}"""),
        ("POST", "/v1/responses/compact", """{"model":"gpt-4-free","input":"x","previous_response_id":"resp_ID"}"""),
        ("GET", "/v1/conversations/conv_ID", null),
        ("POST", "/v1/conversations/conv_ID", """{"metadata":{}}"""),
        ("DELETE", "/v1/conversations/conv_ID", null),
        ("GET", "/v1/conversations/conv_ID/items", null),
        ("POST", "/v1/conversations/conv_ID/items", """{"items":[{"role":"user","content":"x"}]}"""),
        ("GET", "/v1/conversations/conv_ID/items/msg_ITEM", null),
        ("DELETE", "/v1/conversations/conv_ID/items/msg_ITEM", null),
        ("GET", "/v1/chat/completions/chatcmpl-ID", null),
        ("GET", "/v1/chat/completions/chatcmpl-ID?stream=true&starting_after=1", null),
        ("GET", "/v1/chat/completions/chatcmpl-ID/messages", null),
        ("POST", "/v1/chat/completions/chatcmpl-ID", """{"metadata":{}}"""),
        ("DELETE", "/v1/chat/completions/chatcmpl-ID", null),
        (
            "POST",
            "/v1/messages",
            """{"model":"gpt-4-free","max_tokens":9,"messages":[{"role":"user","content":"x"}],"thread":{"type":"continue","previous_message_id":"msg_ID"}}"""
        ),
    ];

    private static readonly string[] Names = ["resp_ID", "conv_ID", "chatcmpl-ID", "msg_ID", "msg_ITEM"];

    [Fact]
    public async Task Id_OfAnotherClient_IsAnsweredAsAnInventedOne_AndNoGrainIsAsked()
    {
        await using var host = await FrontendHost.StartAsync();
        var address = new ResponseAddress("other", AddressKind.Conversation, new string('c', 32), Guid.CreateVersion7());
        var foreign = Names.ToDictionary(static name => name, name => Foreign(host.Grains.AddressKeys.Codec, address, name));
        var invented = foreign.ToDictionary(static id => id.Key, static id => Invented(id.Value));

        foreach (var (method, path, body) in Requests)
        {
            var ofAnother = await SendAsync(host, method, path, body, foreign);
            var ofNobody = await SendAsync(host, method, path, body, invented);

            Assert.True(ofAnother.Status is 400 or 404, $"{method} {path}: {ofAnother}");
            Assert.Equal(ofNobody, ofAnother);
            Assert.True(host.Grains.Conversations.Count == 0, $"{method} {path} asks a grain.");
        }
    }

    private static string Foreign(AddressCodec codec, in ResponseAddress address, string name) =>
        name == "msg_ITEM" ? $"msg_{codec.Mint("resp_", address)["resp_".Length..]}0001" : codec.Mint(name[..^2], address);

    private static string Invented(string id)
    {
        var prefix = id.IndexOfAny(['_', '-']) + 1;
        return id[..prefix] + new string('0', id.Length - prefix);
    }

    private static async Task<(int Status, string Text)> SendAsync(
        FrontendHost host,
        string method,
        string path,
        string? body,
        Dictionary<string, string> ids
    )
    {
        foreach (var (name, id) in ids)
        {
            path = path.Replace(name, id, StringComparison.Ordinal);
            body = body?.Replace(name, id, StringComparison.Ordinal);
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await host.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, AnyId().Replace(text, "$1ID"));
    }

    /// <summary>An id, which a message may cut, or the id of a request.</summary>
    [GeneratedRegex("(resp_|conv_|chatcmpl-|msg_|\"request_id\":\")[^'\".]+")]
    private static partial Regex AnyId();
}
