using System.Diagnostics;
using System.Globalization;
using System.Net;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Benchmarks.Load;

/// <summary>
/// Asks the upstream as its own web client does, directly or through a proxy that changes nothing: what a gateway's cost and delay are
/// compared with.
/// </summary>
internal sealed class UpstreamClient : ILoadClient
{
    private const string IdPlaceholder = "@@@@@@@@@@@@@@@@@@@@@";

    private readonly IPEndPoint _server;
    private readonly RequestBytes? _create;
    private readonly RequestBytes _chat;
    private readonly Memory<byte> _marker;
    private readonly Memory<byte> _id;
    private readonly ReplyCheck _check;
    private HttpConnection? _connection;

    /// <param name="server">The simulator, or a proxy in front of it.</param>
    /// <param name="account">The name of the account that asks.</param>
    /// <param name="create">Whether each question opens a conversation first (two round trips) or carries its history (one).</param>
    /// <param name="tokens">How many tokens the simulator sends.</param>
    public UpstreamClient(IPEndPoint server, string account, bool create, int tokens)
    {
        _server = server;
        var now = TimeProvider.System.GetUtcNow();
        var authorization = "Bearer " + FakeToken.Mint(account, now, TimeSpan.FromDays(1));
        string[] headers =
        [
            "Accept: */*",
            "Accept-Language: en-US,en;q=0.9",
            "Authorization: " + authorization,
            "Origin: https://flowgpt.com",
            "Referer: https://flowgpt.com/",
            $"x-flow-device-id: {FakeToken.DeviceId(account)}",
            "x-flow-language: en",
        ];
        var context = create ? $"\"conversationId\":\"{IdPlaceholder}\"" : "\"history\":[],\"system\":\"\"";
        _chat = RequestBytes.Post(
            server.ToString(),
            "/v3/chat",
            [.. headers, .. Signature(now, authorization, FakeToken.DeviceId(account))],
            $$"""{"model":"FlowGPT-Ares","promptId":"uzNcMUGo4sOwl4GFvRpm8","question":"{{Question.Text}}",{{context}},"userId":"{{FakeToken.AccountId(account)}}","temperature":0.7,"nsfw":false,"generateImage":false,"generateAudio":false,"documentIds":[]}"""
        );
        _marker = _chat.PlaceOf(Question.Placeholder);
        if (create)
        {
            _create = RequestBytes.Post(
                server.ToString(),
                "/conversation/create",
                headers,
                """{"promptId":"uzNcMUGo4sOwl4GFvRpm8","location":"CHAT_PAGE","messages":[]}"""
            );
            _id = _chat.PlaceOf(IdPlaceholder);
        }

        _check = new ReplyCheck(new NdjsonText(), tokens);
    }

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _connection?.Dispose();
        _connection = await HttpConnection.OpenAsync(_server, cancellationToken);
    }

    public async ValueTask<Sample> AskAsync(int marker, CancellationToken cancellationToken)
    {
        Question.WriteMarker(_marker.Span, marker);
        var started = Stopwatch.GetTimestamp();
        if (_create is not null)
        {
            await CreateAsync(cancellationToken);
        }

        var status = await _connection!.SendAsync(_chat.Bytes, cancellationToken);
        return await _check.ReadAsync(_connection, status, marker, started, cancellationToken);
    }

    public void Dispose() => _connection?.Dispose();

    // Signed once: the simulator checks a signature but, unless told to be strict, not whether it was used before.
    private static string[] Signature(DateTimeOffset now, string authorization, string deviceId)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RequestSigner.NewNonce();
        var signature = RequestSigner.Sign(SignatureForm.DashAuthorization, timestamp, nonce, authorization, deviceId);
        return [$"x-timestamp: {timestamp}", $"x-nonce: {nonce}", $"x-signature: {signature}"];
    }

    private async ValueTask CreateAsync(CancellationToken cancellationToken)
    {
        var status = await _connection!.SendAsync(_create!.Bytes, cancellationToken);
        var found = false;
        while (await _connection.ReadBodyAsync(cancellationToken) is { Length: > 0 } body)
        {
            found |= TakeId(body.Span);
        }

        if (status != 200 || !found)
        {
            throw new InvalidDataException($"Creating a conversation failed with status {status}.");
        }
    }

    private bool TakeId(ReadOnlySpan<byte> body)
    {
        var key = """{"id":""" + "\"";
        if (body.Length < key.Length + _id.Length)
        {
            return false;
        }

        body.Slice(key.Length, _id.Length).CopyTo(_id.Span);
        return true;
    }
}
