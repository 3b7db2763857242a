using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The one account of the bare relay, with its requests. Signed once: the simulator checks signatures, not whether one was used before.</summary>
internal sealed class RelayAccount
{
    private const string Name = "bench-1";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly string _userId = FakeToken.AccountId(Name);
    private readonly (string Name, string Value)[] _headers;

    public RelayAccount(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var authorization = "Bearer " + FakeToken.Mint(Name, now, TimeSpan.FromDays(1));
        var device = FakeToken.DeviceId(Name);
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RequestSigner.NewNonce();
        _headers =
        [
            ("Accept", "*/*"),
            ("Authorization", authorization),
            ("Origin", "https://flowgpt.com"),
            ("Referer", "https://flowgpt.com/"),
            ("x-flow-device-id", device),
            ("x-flow-language", "en"),
            ("x-timestamp", timestamp),
            ("x-nonce", nonce),
            ("x-signature", RequestSigner.Sign(SignatureForm.DashAuthorization, timestamp, nonce, authorization, device)),
        ];
    }

    /// <summary>The body that creates a conversation.</summary>
    public static byte[] CreateBody => """{"promptId":"uzNcMUGo4sOwl4GFvRpm8","location":"CHAT_PAGE","messages":[]}"""u8.ToArray();

    public byte[] ChatBody(string question, string conversation)
    {
        using var body = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, "FlowGPT-Ares"u8);
            json.WriteString("promptId"u8, "uzNcMUGo4sOwl4GFvRpm8"u8);
            json.WriteString("question"u8, question);
            json.WriteString("conversationId"u8, conversation);
            json.WriteString("userId"u8, _userId);
            json.WriteNumber("temperature"u8, 0.7);
            json.WriteBoolean("nsfw"u8, false);
            json.WriteBoolean("generateImage"u8, false);
            json.WriteBoolean("generateAudio"u8, false);
            json.WriteStartArray("documentIds"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    public HttpRequestMessage Post(string path, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = Json } },
        };
        foreach (var (name, value) in _headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
