namespace FlowGpt.Simulator.Replies;

/// <summary>Lines that carry no text, in rotation. A client has to skip every one of them.</summary>
internal static class NoiseLines
{
    private static readonly byte[][] NotText =
    [
        """{"event":"ping"}"""u8.ToArray(),
        """{"event":"text","data":null}"""u8.ToArray(),
        """{"event":"metadata","data":"NOT TEXT"}"""u8.ToArray(),
        """{"event":"text","data":{"text":"NOT TEXT"}}"""u8.ToArray(),
        """{"event":"text","data":42}"""u8.ToArray(),
        """{"event":7,"data":"NOT TEXT"}"""u8.ToArray(),
        """{"data":"NOT TEXT"}"""u8.ToArray(),
        """{"event":"text"}"""u8.ToArray(),
        """["text","NOT TEXT"]"""u8.ToArray(),
        """{"event":"text","data":["NOT TEXT"]}"""u8.ToArray(),
    ];

    private static readonly byte[][] NotJson =
    [
        "GARBAGE"u8.ToArray(),
        """{"event":"text","data":"GARBAGE"""u8.ToArray(),
        """data: {"event":"text","data":"GARBAGE"}"""u8.ToArray(),
        """{"event":"text","data":"GARBAGE"}{}"""u8.ToArray(),
        "<!-- GARBAGE -->"u8.ToArray(),
        [0xFF, 0xFE, 0xC3, 0x28],
        "{'event':'text','data':'GARBAGE'}"u8.ToArray(),
    ];

    public static int NotTextCount => NotText.Length;

    /// <summary>A line of JSON that is no text fragment.</summary>
    public static ReadOnlySpan<byte> NonText(int index) => NotText[index % NotText.Length];

    /// <summary>A line that is not JSON.</summary>
    public static ReadOnlySpan<byte> Garbage(int index) => NotJson[index % NotJson.Length];
}
