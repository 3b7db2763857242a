using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A client of Responses over a WebSocket.</summary>
internal static class ResponsesSocketClient
{
    /// <summary>Opens a connection.</summary>
    /// <param name="gateway">The gateway's address.</param>
    /// <param name="key">The client's key.</param>
    /// <param name="origin">The origin of the page that opens the connection; null for a program.</param>
    public static async Task<ClientWebSocket> ConnectAsync(Uri gateway, string key, string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        var address = new UriBuilder(new Uri(gateway, "/v1/responses")) { Scheme = "ws" }.Uri;
        await socket.ConnectAsync(address, TestDeadline.Token);
        return socket;
    }

    /// <summary>Sends a message and reads the events of its response.</summary>
    public static async Task<List<JsonNode>> AskAsync(ClientWebSocket socket, JsonObject message)
    {
        await SendAsync(socket, message);
        return await ReadResponseAsync(socket);
    }

    public static Task SendAsync(ClientWebSocket socket, JsonObject message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, TestDeadline.Token);

    /// <summary>The events up to the last one of a response.</summary>
    public static async Task<List<JsonNode>> ReadResponseAsync(ClientWebSocket socket)
    {
        var events = new List<JsonNode>();
        do
        {
            events.Add((await ReadAsync(socket))!);
        } while (TypeOf(events[^1]) is not ("response.completed" or "response.failed" or "response.incomplete" or "error"));

        return events;
    }

    public static async Task<JsonNode?> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[256 * 1024];
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), TestDeadline.Token);
            length += read.Count;
            if (read.EndOfMessage)
            {
                return JsonNode.Parse(buffer.AsSpan(0, length));
            }
        }
    }

    public static string? TypeOf(JsonNode one) => (string?)one["type"];
}
